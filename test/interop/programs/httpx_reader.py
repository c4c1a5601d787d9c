"""Reads an event stream line by line, as is usual with httpx, and prints each event as JSON."""

import json
import sys

import httpx

url, last_event_id = sys.argv[1], sys.argv[2]
headers = {"last-event-id": last_event_id.encode()} if last_event_id else {}
with httpx.stream("GET", url, headers=headers, timeout=60) as response:
    response.raise_for_status()
    event = {}
    for line in response.iter_lines():
        line = line.rstrip("\n")
        if line:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                event["data"] = event["data"] + "\n" + value if "data" in event else value
            elif field:
                event[field] = value
        elif "data" in event:
            event.setdefault("event", "message")
            print(json.dumps(event), flush=True)
            event = {}
