"""The edge as an ASGI application: four addresses of mails and hooks, a health check, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fairpost.edge.answers import Answer, plain
from fairpost.edge.desk import Desk, Place
from fairpost.edge.health import health
from fairpost.edge.pages import language_of, message
from fairpost.edge.posting import Posting
from fairpost.edge.tracking import Taken, Tracking
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
            answer = self.at_once(scope) or await self.in_time(scope, receive)
        except FairpostError:  # the key ring is not there, or cannot be read
            answer = message(503, self.language(dict(scope["headers"])), "wait", ((b"retry-after", b"30"),))
        if not isinstance(answer, Answer):
            answer, written = answer
            if not written.done():
                try:
                    await written
                except OSError:  # a disk that is full keeps nobody from going on
                    self.desk.not_recorded += 1
        status, headers, body = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def at_once(self, scope: Scope) -> Taken | Answer | None:
        """The answer where nothing has to be waited for but the disk: the hot path, without a coroutine of its own."""
        path, method = scope["path"], scope["method"]
        place = path[:3]
        if place == "/u/" or place == "/w/":
            return None
        headers = dict(scope["headers"])
        if len(path) > LONGEST_PATH:
            return message(414, self.language(headers), "refused")
        if method not in ("GET", "HEAD"):
            return plain(405, (b"allow", b"GET, HEAD"))
        if place == "/c/":
            return self.tracking.click(path, method, headers)
        if place == "/o/":
            return self.tracking.open(path, method, headers)
        if path == "/healthz":
            return health(self.desk)
        return message(404, self.language(headers), "nothing")

    async def in_time(self, scope: Scope, receive: Receive) -> Taken | Answer:
        path, method = scope["path"], scope["method"]
        headers = dict(scope["headers"])
        if len(path) > LONGEST_PATH:
            return message(414, self.language(headers), "refused")
        if path.startswith("/u/"):
            return await self.unsubscribing.answer(path, method, headers)
        if path.startswith("/w/"):
            return await self.posting.answer(path, method, headers, receive)
        return await self.tracking.click_later(path, method, headers)

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
