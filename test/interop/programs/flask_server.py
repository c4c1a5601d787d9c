"""An event stream from Flask's own server."""

import sys
import time

from flask import Flask, Response, request
from script_plan import HEADERS, plan

app = Flask(__name__)


@app.get("/<name>")
def stream(name):
    status, texts, end = plan(name, request.headers.get("last-event-id"))
    if status != 200:
        return Response(status=status, headers=HEADERS)

    def generate():
        yield from texts
        while not end:
            time.sleep(1)
            yield ":\n"

    return Response(generate(), mimetype="text/event-stream")


app.run(port=int(sys.argv[1]), threaded=True)
