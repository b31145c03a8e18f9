"""The edge as an ASGI application: four addresses of mails and hooks, a health check, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fairpost.edge.answers import Answer, plain
from fairpost.edge.desk import Desk, Place
from fairpost.edge.health import health
from fairpost.edge.pages import language_of, message
from fairpost.edge.posting import Posting
from fairpost.edge.tracking import Tracking
from fairpost.edge.unsubscribing import Unsubscribing
from fairpost.kernel.errors import FairpostError

LONGEST_PATH = 200
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class EdgeApplication:
    """ASGI 3. What it stands on is made when its process begins, and closed when it ends (lifespan)."""

    def __init__(self, place: Place) -> None:
        self.place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            answer = await self.answer(scope, receive)
        except FairpostError:  # the key ring is not there, or cannot be read
            answer = message(503, self.language(dict(scope["headers"])), "wait", ((b"retry-after", b"30"),))
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        headers = dict(scope["headers"])
        place = path[:3]
        if len(path) > LONGEST_PATH:
            return message(414, self.language(headers), "refused")
        if place == "/u/":
            return await self.unsubscribing.answer(path, method, headers)
        if place == "/w/":
            return await self.posting.answer(path, method, headers, receive)
        if method not in ("GET", "HEAD"):
            return plain(405, (b"allow", b"GET, HEAD"))
        if place == "/c/":
            return await self.tracking.click(path, method, headers)
        if place == "/o/":
            return await self.tracking.open(path, method, headers)
        if path == "/healthz":
            return health(self.desk)
        return message(404, self.language(headers), "nothing")

    def language(self, headers: Mapping[bytes, bytes]) -> str:
        return language_of(headers, self.place.language)

    async def live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.desk = Desk(self.place)
        self.tracking = Tracking(self.desk)
        self.unsubscribing = Unsubscribing(self.desk)
        self.posting = Posting(self.desk)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.desk.close()
        await send({"type": "lifespan.shutdown.complete"})
