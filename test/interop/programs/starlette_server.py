"""An event stream from Starlette on uvicorn."""

import asyncio
import sys

import uvicorn
from script_plan import HEADERS, plan
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route


async def stream(request):
    name = request.path_params["name"]
    status, texts, end = plan(name, request.headers.get("last-event-id"))
    if status != 200:
        return Response(status_code=status, headers=HEADERS)

    async def generate():
        for text in texts:
            yield text
        while not end:
            await asyncio.sleep(60)

    return StreamingResponse(generate(), media_type="text/event-stream")


uvicorn.run(Starlette(routes=[Route("/{name}", stream)]), port=int(sys.argv[1]), log_level="error")
