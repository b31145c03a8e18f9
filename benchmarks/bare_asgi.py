"""A bare ASGI application that redirects, on the server and with the settings of the edge: the ceiling for clicks."""

from __future__ import annotations

HEADERS = [(b"cache-control", b"no-store"), (b"location", b"https://www.bench.example/page/1?from=mail")]


async def application(scope, receive, send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 302, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b""})
