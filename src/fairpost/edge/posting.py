"""`POST /w/<provider>/<hook>`: what providers tell is kept word for word, and read elsewhere.

Nothing is verified here, for what verifies it is in the database; so what is taken is bounded in size, time and rate.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fairpost.edge.answers import Answer, plain
from fairpost.edge.desk import Desk
from fairpost.events.posts import Post, write_post
from fairpost.kernel.clock import boottime

LARGEST = 1_000_000  # octets of a body
MOST_HEADERS = 40
LONGEST_HEADER = 4096
SECONDS = 10.0  # until a body must be there
AT_ONCE = 32  # bodies that are read at the same time
RATE = 4_000_000  # octets a second over time
BURST = 64_000_000  # octets at once
NAME = re.compile(r"/w/([a-z0-9_-]{1,32})/([A-Za-z0-9_-]{1,64})", re.ASCII)
# Signatures stand in headers of the provider's own; who sent it, by way of whom and with which cookie is nobody's.
KEPT = ("content-type", "date", "digest", "idempotency-key")
KEPT_BEGINNINGS = ("x-", "webhook-", "ce-")
KEPT_PARTS = ("signature", "timestamp")
NEVER = ("x-forwarded", "x-real-ip", "x-client-ip", "x-request-id")
Receive = Callable[[], Awaitable[dict[str, Any]]]


class TooLarge(Exception):
    """More than LARGEST octets."""


class Posting:
    """Handles `/w/...`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.reading = asyncio.Semaphore(AT_ONCE)
        self.room = float(BURST)
        self.looked_at = boottime()

    async def answer(self, path: str, method: str, headers: Mapping[bytes, bytes], receive: Receive) -> Answer:
        found = NAME.fullmatch(path)
        if found is None:
            return plain(404)
        if method != "POST":
            return plain(405, (b"allow", b"POST"))
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > LARGEST:
            return plain(413 if length.isdigit() else 400, (b"connection", b"close"))
        if self.reading.locked() or not self.has_room():
            return plain(503, (b"retry-after", b"10"), (b"connection", b"close"))
        try:
            async with self.reading:
                body = await asyncio.wait_for(read_body(receive), SECONDS)
        except TooLarge:
            return plain(413, (b"connection", b"close"))
        except (TimeoutError, ConnectionError):
            return plain(408, (b"connection", b"close"))
        self.room -= len(body)
        at = int(self.desk.clock.now().timestamp() * 1_000_000)
        try:
            await self.desk.posts.add(write_post(Post(at, found[1], found[2], kept(headers), body)))
        except OSError:
            return plain(503, (b"retry-after", b"60"))
        return plain(202)

    def has_room(self) -> bool:
        now = boottime()
        self.room = min(float(BURST), self.room + (now - self.looked_at) * RATE)
        self.looked_at = now
        return self.room > 0


async def read_body(receive: Receive) -> bytes:
    """The whole body. Raises TooLarge, or ConnectionError where its sender went away."""
    parts = bytearray()
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise ConnectionError
        parts += event.get("body", b"")
        if len(parts) > LARGEST:
            raise TooLarge
        if not event.get("more_body", False):
            return bytes(parts)


def kept(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """The headers that a signature may need, names in lower case."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        text = name.decode("latin-1").lower()
        wanted = text in KEPT or text.startswith(KEPT_BEGINNINGS) or any(each in text for each in KEPT_PARTS)
        if wanted and not text.startswith(NEVER) and len(value) <= LONGEST_HEADER and len(found) < MOST_HEADERS:
            found[text] = value.decode("latin-1").replace("\0", "")
    return found
