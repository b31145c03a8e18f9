"""What enforcement must know of campaigns and do to them, without knowing them: the layers above implement it.

`campaigns` gives its implementation when Django is set up; nothing here imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fairpost.enforcement.scope.subject import Subject

Campaign = tuple[int, int]  # account, campaign


@dataclass(frozen=True, slots=True)
class Mailing:
    """One campaign that may still be sent. `state` is scheduled, planning, running, paused or stopped.

    `left` is the number of recipients who are still to be written to; of a scheduled one it is an estimate.
    `version_id` is its content version.
    """

    account_id: int
    campaign_id: int
    name: str
    state: str
    version_id: int
    subject: Subject
    left: int
    held: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """That nothing more is handed over: how long it took, and senders that did not confirm (at most one message each
    connection)."""

    seconds: float
    uncertain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queued:
    """What relays had accepted of the campaigns, and what became of it.

    `out_of_reach`: nobody here can hold it. `gone` left the queue, and its log has not said how. `uncertain` are among
    `held`: a delivery had perhaps begun before. The others add up to `accepted`.
    """

    accepted: int
    delivered: int
    held: int
    waiting: int
    bounced: int
    out_of_reach: int
    gone: int = 0
    uncertain: int = 0
    why: tuple[str, ...] = ()


class Mailings(Protocol):
    """Campaigns as enforcement sees them. All calls run in the caller's transaction unless said otherwise."""

    def all(self, accounts: Collection[int] | None) -> list[Mailing]:
        """Every scheduled or started, unfinished campaign of these accounts, or of all."""
        ...

    def lingering(self, since: datetime) -> list[Mailing]:
        """Campaigns that were over after `since` and that a relay may still have mail of, where that can be held."""
        ...

    def hold(self, campaigns: Sequence[Campaign], now: datetime) -> None:
        """They are not sent any more until `release`, whatever else is in force."""
        ...

    def release(self, campaigns: Sequence[Campaign], now: datetime) -> None:
        """Takes back `hold`, and takes up again those recipients who were withheld by what is over."""
        ...

    def block(self, campaigns: Sequence[Campaign], reason: str, now: datetime) -> None:
        """They are never sent: whoever was not written to is withheld with this reason."""
        ...

    def classify(self, labels: Collection[str] = ()) -> None:
        """Decides the facets of every unfinished campaign anew, and whether its content falls under the content
        classes that are in force and under these."""
        ...

    def raise_epoch(self) -> int:
        """Makes every sender ask again before its next message, from the commit on."""
        ...

    def await_fence(self, epoch: int) -> Fence:
        """Outside any transaction: waits until nothing can be handed over under an older epoch."""
        ...

    def hold_queued(self, campaigns: Sequence[Campaign]) -> Queued:
        """Outside any transaction: holds in the relays' queues what they accepted and did not deliver."""
        ...

    def release_queued(self, campaigns: Sequence[Campaign]) -> Queued:
        """Outside any transaction: lets it go again."""
        ...


_make: Callable[[], Mailings] | None = None
_mailings: Mailings | None = None


def set_mailings(make: Callable[[], Mailings]) -> None:
    """Says who implements the port: it is made when it is first asked for. Called when the process is set up."""
    global _make, _mailings
    _make, _mailings = make, None


def mailings() -> Mailings:
    """The implementation; a program that was not set up has none, which is a fault of ours."""
    global _mailings
    if _mailings is None and _make is not None:
        _mailings = _make()
    if _mailings is None:
        raise RuntimeError("no implementation of enforcement's port on campaigns: Django is not set up")
    return _mailings
