"""Runs the mail intake: one event loop for the dialogues, and a few threads, each with a database session, for mails.

It ends in good order: what is being taken is finished and answered, then it closes.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections

from fairpost.mailin.protocol import Desk, Reading, ReadingLocally, conversation
from fairpost.mailin.taking import is_ours, take_for_all

log = structlog.get_logger(__name__)

THREADS = 4
LAST_WAIT = 20.0  # seconds for mails that are being taken

Bind = tuple[str, int]


class Intake:
    """The servers of one process."""

    def __init__(self, smtp: Bind | None, lmtp: Bind | None, megabytes: int, host: str) -> None:
        self.smtp, self.lmtp, self.megabytes, self.host = smtp, lmtp, megabytes, host
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mailin")
        self.servers: list[asyncio.Server] = []
        self.taking = 0
        self.ended = asyncio.Event()
        self.desk = Desk(self.known, self.take)

    async def known(self, address: str) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self.threads, is_ours, address)

    async def take(self, content: bytes, sender: str, recipients: Sequence[str]) -> list[str]:
        self.taking += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, take_for_all, content, sender, list(recipients))
        finally:
            self.taking -= 1

    async def start(self) -> None:
        """Listens. Raises OSError where an address cannot be had."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # the dialogues themselves, with everybody's address
        loop = asyncio.get_running_loop()
        for kind, bind in ((Reading, self.smtp), (ReadingLocally, self.lmtp)):
            if bind is not None:
                made = conversation(kind, self.desk, loop, self.megabytes, self.host)
                self.servers.append(await loop.create_server(made, *bind))
                log.info("mailin.listens", protocol=kind.protocol, address=bind[0], port=bind[1])

    async def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.ended.set)
        await self.start()
        try:
            await self.ended.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        for server in self.servers:
            server.close()
        end = asyncio.get_running_loop().time() + LAST_WAIT
        while self.taking and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0)  # the answers go out
        for transport in list(self.desk.open):
            transport.close()
        at_once = threading.Barrier(THREADS)  # so that each thread closes its own session
        for _number in range(THREADS):
            self.threads.submit(end_session, at_once)
        self.threads.shutdown(wait=True)

    @property
    def ports(self) -> list[int]:
        """The ports that it listens at, SMTP first."""
        return [server.sockets[0].getsockname()[1] for server in self.servers]


def end_session(at_once: threading.Barrier) -> None:
    at_once.wait(LAST_WAIT)
    connections.close_all()
