"""Decides which campaigns may be sent, from everything in force: once per campaign and change, not once per message.

A sender's permit carries the answers. An answer holds until something is put into force or taken out of it, or until an
instant at which time alone changes it; the permit does not outlive that instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.enforcement.force.effective import FREE, Effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.snapshot import Snapshot
from fairpost.enforcement.force.store import refresh
from fairpost.enforcement.scope.subject import Subject, subject, subject_from_json

Key = tuple[int, int]

# By the index dispatch_open.
OPEN = """
SELECT account_id, campaign_id, subject_revision, audience_size FROM dispatch
WHERE state = 'running' AND held_at IS NULL
"""
SUBJECT = "SELECT subject FROM dispatch WHERE account_id = %s AND campaign_id = %s"


@dataclass(frozen=True, slots=True)
class Admission:
    """How a campaign may be sent: not towards the recipients that `filters` select, and within `limits`."""

    filters: tuple[Force, ...] = ()
    limits: tuple[tuple[int, float], ...] = ()  # force, messages a second over all senders


WITHOUT_LIMITS = Admission()


@dataclass(slots=True)
class Known:
    """A campaign's subject and the last answer about it."""

    revision: int
    subject: Subject
    version: int = 0
    answer: Effective = FREE


class Judge:
    """Keeps what is in force and the last answer for each open campaign. Used by one thread."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self.known: dict[Key, Known] = {}

    def open(self, connection: Any, now: datetime) -> tuple[dict[Key, Admission], datetime | None]:
        """Every campaign that may be sent now, and until when that holds at the latest (None: no end by itself).

        Call it after the epoch is locked, on the same connection: it then sees every measure that was in force before.
        """
        refresh(connection, self.snapshot)
        rows = connection.execute(OPEN).fetchall()
        present = {(row[0], row[1]) for row in rows}
        self.known = {key: each for key, each in self.known.items() if key in present}
        found: dict[Key, Admission] = {}
        changes: list[datetime] = []
        for account_id, campaign_id, revision, audience in rows:
            key = (account_id, campaign_id)
            answer = self.answer(connection, key, revision, now)
            if answer.until is not None:
                changes.append(answer.until)
            if answer.open and (answer.audience is None or audience <= answer.audience):
                found[key] = admission(answer)
        return found, min(changes, default=None)

    def answer(self, connection: Any, key: Key, revision: int, now: datetime) -> Effective:
        known = self.known.get(key)
        if known is None or known.revision != revision:
            known = self.known[key] = Known(revision, read_subject(connection, key))
        over = known.answer.until is not None and now >= known.answer.until
        if known.version != self.snapshot.version or over:
            known.answer = self.snapshot.effective(known.subject, now)
            known.version = self.snapshot.version
        return known.answer


def read_subject(connection: Any, key: Key) -> Subject:
    """The campaign's facets; of one that has none yet, its account only, with every content class undecided."""
    data = connection.execute(SUBJECT, key).fetchone()[0]
    return subject_from_json(data) if data else subject(["sending", "fundraising"], account=key[0])


def admission(answer: Effective) -> Admission:
    if not answer.recipients and not answer.limits:
        return WITHOUT_LIMITS
    return Admission(answer.recipients, rates(answer.limits))


def rates(limits: Iterable[Force]) -> tuple[tuple[int, float], ...]:
    return tuple((each.id, each.per_hour / 3600) for each in limits if each.per_hour is not None)
