"""What the next request of a script gets. See lib/scripts.mjs."""

import json
import sys

with open(sys.argv[2], encoding="utf-8") as file:
    SCRIPTS = json.load(file)
refused = set()


def plan(name, last_event_id):
    """Gives the status, and the text of the messages with whether the stream then ends."""
    script = SCRIPTS[name]
    if script.get("refuse") and name not in refused:
        refused.add(name)
        return 503, [], True
    left = script["messages"][int(last_event_id or 0):]
    end = script.get("end", False)
    if end and not left:
        return 204, [], True
    texts = [f"retry: {script['retry']}\n\n"] if "retry" in script else []
    for message in left:
        lines = "".join(f"data: {line}\n" for line in message["data"].split("\n"))
        event = f"event: {message['event']}\n" if "event" in message else ""
        texts.append(f"id: {message['id']}\n{event}{lines}\n")
    return 200, texts, end


HEADERS = {"retry-after": "1"}
