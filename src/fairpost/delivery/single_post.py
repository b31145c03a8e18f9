"""Sends a handful of finished mails through one relay now, and gives each answer out as it comes.

The engine's SMTP client does it, over few connections, in a thread with an event loop of its own, so that the caller
may write each answer down before the next.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairpost.engine.ports import Mail, RelayAddress, Reply
from fairpost.engine.transport.client import SmtpClient
from fairpost.engine.transport.timeouts import Timeouts

CONNECTIONS = 4
A_CONNECTION_FOR = 10  # mails
LONGEST = 90.0  # seconds for all of it: less than anybody's lease on a mail
PATIENT = Timeouts(
    connect=10.0, banner=20.0, command=20.0, mail=30.0, rcpt=30.0, data=30.0, block=30.0, dot=60.0, idle=5.0
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the mail `number`; without number, what is wrong with the relay itself."""

    number: int | None
    reply: Reply


Answers = queue.SimpleQueue[Answer | None]


class SinglePost:
    """The feed of the connections (`engine.ports.Feed`): gives each mail out once and hands every answer on."""

    def __init__(self, mails: Mapping[int, Mail], answers: Answers, given_up: threading.Event) -> None:
        self.waiting = deque(mails.values())
        self.numbers = {id(mail): number for number, mail in mails.items()}
        self.left = len(mails)
        self.answers = answers
        self.clients: list[SmtpClient] = []
        self.open = 0
        self.over = asyncio.Event()
        self.given_up = given_up

    def next(self, connection: Any) -> Mail | None:
        return self.waiting.popleft() if self.waiting else None

    def permit(self, mail: Mail) -> bool:
        return not self.given_up.is_set()

    def outcome(self, mail: Mail, reply: Reply, handed_over: bool) -> None:
        self.answers.put(Answer(self.numbers[id(mail)], reply))
        self.settled()

    def returned(self, mail: Mail) -> None:
        self.settled()

    def trouble(self, connection: Any, reply: Reply) -> None:
        self.answers.put(Answer(None, reply))

    def closed(self, connection: Any) -> None:
        self.open -= 1
        if self.open == 0:
            self.over.set()

    def settled(self) -> None:
        self.left -= 1
        if self.left == 0:
            for each in self.clients:
                asyncio.get_running_loop().call_soon(each.close)


def send_through(relay: RelayAddress, mails: Mapping[int, Mail]) -> Iterator[Answer]:
    """The answers, as they come. A mail of which none speaks was not handed over and may be tried elsewhere."""
    if not mails:
        return
    answers: Answers = queue.SimpleQueue()
    given_up = threading.Event()
    thread = threading.Thread(target=run, args=(relay, mails, answers, given_up), name="platform mail", daemon=True)
    thread.start()
    try:
        while (answer := answers.get()) is not None:
            yield answer
    finally:
        given_up.set()  # a caller who cannot write answers down gets no more of them to write
        thread.join()


def run(relay: RelayAddress, mails: Mapping[int, Mail], answers: Answers, given_up: threading.Event) -> None:
    try:
        asyncio.run(send(relay, mails, answers, given_up))
    except Exception as error:  # the caller waits for an end, whatever happens here
        answers.put(Answer(None, Reply("connect", 0, None, f"{type(error).__name__}: {error}")))
    finally:
        answers.put(None)


async def send(relay: RelayAddress, mails: Mapping[int, Mail], answers: Answers, given_up: threading.Event) -> None:
    feed = SinglePost(mails, answers, given_up)
    count = min(CONNECTIONS, 1 + (len(mails) - 1) // A_CONNECTION_FOR)
    feed.clients = [SmtpClient(relay, feed, timeouts=PATIENT) for _ in range(count)]
    feed.open = count
    try:
        async with asyncio.timeout(LONGEST):
            for each in feed.clients:
                await each.open()
            await feed.over.wait()
    except TimeoutError:
        for each in feed.clients:
            each.abort()
