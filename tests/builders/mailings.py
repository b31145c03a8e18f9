"""A stand-in for the campaigns that enforcement sees, for tests of what is decided, not of what is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from fairpost.enforcement import ports
from fairpost.enforcement.ports import Campaign, Fence, Mailing, Queued
from fairpost.enforcement.scope.subject import subject


class FakeMailings:
    """Campaigns in a list; remembers what it was asked to do, in order."""

    def __init__(self, *campaigns: Mailing) -> None:
        self.campaigns = list(campaigns)
        self.asked: list[tuple[str, Any]] = []
        self.epoch = 0

    def all(self, accounts: Collection[int] | None) -> list[Mailing]:
        return [each for each in self.campaigns if accounts is None or each.account_id in accounts]

    def lingering(self, since: datetime) -> list[Mailing]:
        return []

    def hold(self, campaigns: Sequence[Campaign], now: datetime) -> None:
        self.note("hold", campaigns)
        self.campaigns = [
            replace(each, held=True) if (each.account_id, each.campaign_id) in campaigns else each
            for each in self.campaigns
        ]

    def release(self, campaigns: Sequence[Campaign], now: datetime) -> None:
        self.note("release", campaigns)

    def block(self, campaigns: Sequence[Campaign], reason: str, now: datetime) -> None:
        self.note("block", campaigns)

    def classify(self, labels: Collection[str] = ()) -> None:
        self.note("classify", sorted(labels))

    def raise_epoch(self) -> int:
        self.epoch += 1
        return self.epoch

    def await_fence(self, epoch: int) -> Fence:
        self.note("fence", epoch)
        return Fence(0.0)

    def hold_queued(self, campaigns: Sequence[Campaign]) -> Queued:
        return Queued(0, 0, 0, 0, 0, 0)

    def release_queued(self, campaigns: Sequence[Campaign]) -> Queued:
        return Queued(0, 0, 0, 0, 0, 0)

    def note(self, name: str, what: Any) -> None:
        self.asked.append((name, list(what) if isinstance(what, (list, tuple)) else what))

    def told(self, name: str) -> list[Any]:
        """What it was asked under this name."""
        return [what for asked, what in self.asked if asked == name]


def mailing(account_id: int, campaign_id: int = 1, *, needs: Sequence[str] = ("sending",), **facets: Any) -> Mailing:
    """A running campaign of an account with these facets, 100 recipients to go."""
    who = subject(needs, (), account=account_id, campaign=campaign_id, **facets)
    return Mailing(account_id, campaign_id, f"campaign {campaign_id}", "running", 1, who, 100)


@contextmanager
def fake_mailings(*campaigns: Mailing) -> Iterator[FakeMailings]:
    """Puts the stand-in in place and gives back what was there."""
    before, fake = ports._make, FakeMailings(*campaigns)
    ports.set_mailings(lambda: fake)
    try:
        yield fake
    finally:
        ports.set_mailings(before)
