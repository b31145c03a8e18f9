"""Who sees an entry, computed on the one clock from what was set, appealed, sealed and ordered; pure.

Nothing is opened or closed by a job: an entry unseals in the instant at which its seal ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["kept_out", "sealed", "parties", "public"]
AT_ONCE = "at_once"
AFTER_APPEAL = "after_appeal"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom the decision is about, and until when they may appeal."""

    account_id: int | None
    organisation_id: int | None
    added_at: datetime
    window_ends_at: datetime


@dataclass(frozen=True, slots=True)
class AppealTimes:
    """One appeal: whose, when it was filed, when it was over (None: it is not), and whether it was judged."""

    account_id: int | None
    organisation_id: int | None
    filed_at: datetime
    over_at: datetime | None
    judged: bool

    def of(self, party: Party) -> bool:
        same_account = self.account_id is not None and self.account_id == party.account_id
        return same_account or (self.organisation_id is not None and self.organisation_id == party.organisation_id)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A time in which an entry is sealed (with its basis), or kept out (`until` None while nobody ended it)."""

    since: datetime
    until: datetime | None
    legal_basis: str = ""

    def at(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Times:
    """Everything that decides who sees one entry."""

    made_at: datetime
    publish: str
    parties: Sequence[Party] = ()
    appeals: Sequence[AppealTimes] = ()
    seals: Sequence[Hidden] = ()
    keep_outs: Sequence[Hidden] = ()


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who sees the entry now; of a sealed one, since when, until when and on what basis."""

    kind: Kind
    since: datetime
    sealed_until: datetime | None = None
    legal_basis: str = ""


def public_since(times: Times) -> datetime | None:
    """From when on everybody may read it, seals aside; None while an appeal is open that keeps it from that.

    That is once every party's appeal was judged or its window has passed, and no appeal was open. What was public once
    stays so: a party that is added later, or a late appeal, takes nothing back.
    """
    at = times.made_at
    if times.publish == AT_ONCE:
        return at
    moved = True
    while moved:
        moved = False
        for party in times.parties:
            if party.added_at <= at and (ready := ready_at(party, times.appeals)) > at:
                at, moved = ready, True
        for each in times.appeals:
            if each.filed_at <= at and (each.over_at is None or each.over_at > at):
                if each.over_at is None:
                    return None
                at, moved = each.over_at, True
    return at


def ready_at(party: Party, appeals: Sequence[AppealTimes]) -> datetime:
    """When this party has nothing more to appeal: its appeal was judged, or its window is over."""
    judged = [each.over_at for each in appeals if each.judged and each.over_at is not None and each.of(party)]
    return min([party.window_ends_at, *judged])


def visibility(times: Times, now: datetime) -> Visibility:
    """Who sees it at `now`: what an order keeps out comes before a seal, a seal before everything else."""
    if any(each.at(now) for each in times.keep_outs):
        return Visibility("kept_out", now)
    seals = [each for each in times.seals if each.at(now)]
    if seals:
        last = max(seals, key=lambda each: each.until or each.since)
        return Visibility("sealed", min(each.since for each in seals), last.until, last.legal_basis)
    public = public_since(times)
    if public is not None and public <= now:
        return Visibility("public", opened(times, public))
    return Visibility("parties", times.made_at)


def opened(times: Times, at: datetime) -> datetime:
    """The first instant from `at` on at which nothing hides it."""
    moved = True
    while moved:
        moved = False
        for each in (*times.seals, *times.keep_outs):
            if each.until is not None and each.since <= at < each.until:
                at, moved = each.until, True
    return at


def shown_at(times: Times, at: datetime, viewer: Visibility) -> datetime:
    """Since when whoever sees the entry so can read a statement that was made at `at`."""
    if viewer.kind == "public":
        return opened(times, max(at, viewer.since))
    return opened(times, at)
