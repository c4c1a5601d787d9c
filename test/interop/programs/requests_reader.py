"""Reads an event stream line by line, as is usual with requests, and prints each event as JSON."""

import json
import sys

import requests

url, last_event_id = sys.argv[1], sys.argv[2]
headers = {"accept": "*/*"}
if last_event_id:
    headers["last-event-id"] = last_event_id.encode()
response = requests.get(url, headers=headers, stream=True, timeout=60)
response.raise_for_status()
event = {}
for line in response.iter_lines(chunk_size=65536, decode_unicode=True):
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
