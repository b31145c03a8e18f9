"""A real Postfix that Fairpost hands mail to, and a destination behind it that refuses and takes as a test says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from tests.builders.campaigns import Author, make_author
from tests.builders.sending import Works, reached, until
from tests.postfix import Postfix, running_postfix, why_not

from fairpost.campaigns.actions.stop_campaign import pause_campaign
from fairpost.engine.transport.behaviour import Rule

LATER = Rule("rcpt", reply="450 4.2.1 come back later")
EXTRA = """\
virtual_mailbox_domains =
enable_long_queue_ids = yes
default_process_limit = 20
maximal_queue_lifetime = 1d
"""


@pytest.fixture(scope="session")
def one_postfix() -> Iterator[Postfix]:
    reason = why_not()
    if reason:
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    with running_postfix(extra=EXTRA) as running:
        yield running


class Place:
    """One sender, one Postfix, one destination."""

    def __init__(self, works: Works, postfix: Postfix) -> None:
        self.works, self.postfix = works, postfix
        self.far = works.server()
        self.far.behave(LATER)
        postfix.set(relayhost=f"[127.0.0.1]:{self.far.port}")
        self.relay_id = works.relay(postfix.port, kind="postfix", queue=access(postfix))
        works.fold()
        self.sender = works.sender(connections=4)

    def sent(self, people: int = 60, *, author: Author | None = None) -> tuple[Author, int]:
        """A campaign that Postfix accepted and could not deliver."""
        author = author or make_author()
        author.crowd(people)
        number = author.started()
        assert reached(author.account_id, number).accepted == people
        return author, number

    def deferred(self, count: int) -> None:
        until(lambda: self.in_queue("deferred") == count, f"{count} messages deferred, is {self.queues()}")

    def queues(self) -> dict[str, int]:
        return {name: self.in_queue(name) for name in ("incoming", "active", "deferred", "hold")}

    def in_queue(self, name: str) -> int:
        folder = self.postfix.folder / "queue" / name
        return sum(len(files) for _path, _folders, files in os.walk(folder))

    def deliver(self) -> None:
        """The destination takes everything from now on, and Postfix tries at once."""
        self.far.behave()
        self.postfix.command("postqueue", "-f")

    def pause(self, author: Author, number: int) -> Any:
        return pause_campaign(actor=author.actor, account_id=author.account_id, campaign_id=number)

    def got(self, author: Author) -> set[str]:
        return {each.to for each in self.far.arrivals}


def access(postfix: Postfix) -> dict[str, str]:
    return {"config_directory": str(postfix.folder / "etc"), "log": str(postfix.folder / "log" / "mail.log")}


@pytest.fixture
def place(works: Works, one_postfix: Postfix) -> Iterator[Place]:
    made = Place(works, one_postfix)
    yield made
    made.far.behave(LATER)
    one_postfix.command("postsuper", "-d", "ALL")
