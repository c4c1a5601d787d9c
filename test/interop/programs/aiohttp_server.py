"""An event stream from aiohttp."""

import asyncio
import sys

from aiohttp import web
from script_plan import HEADERS, plan


async def stream(request):
    name = request.match_info["name"]
    status, texts, end = plan(name, request.headers.get("last-event-id"))
    if status != 200:
        return web.Response(status=status, headers=HEADERS)
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    for text in texts:
        await response.write(text.encode())
    while not end:
        await asyncio.sleep(60)
    return response


app = web.Application()
app.add_routes([web.get("/{name}", stream)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
