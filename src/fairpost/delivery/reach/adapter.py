"""What an adapter does for a relay of its kind: it checks its access, and attends to what is asked of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Campaign = tuple[int, int]  # account, campaign
Place = tuple[int, int, int]  # account, campaign, batch


class OutOfReach(Exception):
    """A relay's queue cannot be reached from here, in words for people; what was asked stays asked."""


@dataclass(frozen=True, slots=True)
class QueueRelay:
    """A relay whose queue an adapter reaches; the secret is not shown by repr."""

    id: int
    pool_id: int
    name: str
    kind: str
    access: Mapping[str, str]
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of one relay's queue now.

    `hold` is to be compared with the queue itself. Of `keep` (held before, with the time up to which its trail was
    seen) only what came since is held.
    """

    hold: frozenset[Campaign] = frozenset()
    keep: Mapping[Campaign, datetime] = field(default_factory=dict)
    release: frozenset[Campaign] = frozenset()
    discard: frozenset[Campaign] = frozenset()


@dataclass(slots=True)
class Done:
    """What an adapter found. `counted`: messages held, where the relay can count them and not name them.

    `trouble`: what it could not learn although it did what was asked, in words for people.
    """

    counted: dict[Campaign, int] = field(default_factory=dict)
    trouble: str = ""


class Adapter(Protocol):
    """One kind of relay. Every `recheck` seconds a held campaign is compared with the queue again."""

    recheck: float

    def checked(self, access: Mapping[str, str], secret: str) -> dict[str, str]:
        """The access with its defaults. Raises Invalid for what can never be used."""
        ...

    def trouble(self, relay: QueueRelay) -> str:
        """Why the queue cannot be reached from this machine now; empty where it can. Changes nothing."""
        ...

    def attend(self, connection: Any, relay: QueueRelay, work: Work, now: datetime) -> Done:
        """Does what is asked; raises OutOfReach. May be called again after it was cut off at any moment."""
        ...
