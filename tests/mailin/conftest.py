"""A running mail intake in a thread, for real conversations by SMTP and LMTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from tests.builders.campaigns import Author, make_author

from fairpost.mailin import places
from fairpost.mailin.server import Intake

ANY = ("127.0.0.1", 0)


class Running(threading.Thread):
    """An intake on free ports."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(name="intake", daemon=True)
        self.megabytes = megabytes
        self.ready = threading.Event()

    def run(self) -> None:
        asyncio.run(self.serve())

    async def serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.intake = Intake(ANY, ANY, self.megabytes, "mx.localhost")
        await self.intake.start()
        self.smtp, self.lmtp = self.intake.ports
        self.ready.set()
        await self.intake.ended.wait()
        await self.intake.close()

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.intake.ended.set)
        self.join(30)
        assert not self.is_alive()


@pytest.fixture
def author(transactional_db: None) -> Author:
    places.own_domains.cache_clear()
    places.issuer_of.cache_clear()
    made = make_author()
    made.crowd(5)
    return made


@pytest.fixture
def intake(transactional_db: None) -> Iterator[Running]:
    running = Running(megabytes=3)
    running.start()
    assert running.ready.wait(10)
    yield running
    running.end()
