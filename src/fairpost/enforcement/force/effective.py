"""What applies to a subject now: every reason, and per capability the most restrictive of them.

`effective` is pure. Overlapping measures never mask or lift one another, because each is asked for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.force.force import Force
from fairpost.enforcement.scope.subject import Subject


@dataclass(frozen=True, slots=True)
class Effective:
    """What is in force for one subject.

    `denied`: it may not be done at all. `review`: it waits for a person. `recipients`: it may be done, but not
    towards the recipients that these select. `limits`: it is slowed down or capped. `until` is the first instant at
    which this answer may change by itself; None where time alone changes nothing.
    """

    denied: tuple[Force, ...] = ()
    review: tuple[Force, ...] = ()
    recipients: tuple[Force, ...] = ()
    limits: tuple[Force, ...] = ()
    until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it may be done now, within limits and not towards everybody perhaps."""
        return not self.denied and not self.review

    @property
    def reasons(self) -> tuple[Force, ...]:
        """Everything that applies, each once, in the order in which it came into force."""
        return tuple(sorted({*self.denied, *self.review, *self.recipients, *self.limits}, key=lambda each: each.id))

    @property
    def per_hour(self) -> int | None:
        """Messages an hour, where that is limited."""
        return min((each.per_hour for each in self.limits if each.per_hour is not None), default=None)

    @property
    def audience(self) -> int | None:
        """The most recipients of one campaign, where that is limited."""
        return min((each.audience for each in self.limits if each.audience is not None), default=None)


FREE = Effective()


def effective(subject: Subject, now: datetime, forces: Iterable[Force]) -> Effective:
    """What of `forces` applies to this subject at `now`. They may be all there are, or those that can match."""
    denied, review, recipients, limits = [], [], [], []
    until: datetime | None = None
    everything = "*" in subject.needs
    for force in forces:
        if not force.covers(subject):
            continue
        denies = bool(force.denies) and (
            everything or "*" in force.denies or not force.denies.isdisjoint(subject.needs)
        )
        reviews = force.review and "sending" in subject.needs
        if not denies and not reviews and force.per_hour is None and force.audience is None:
            continue
        change = force.next_change(now)
        if change is not None and (until is None or change < until):
            until = change
        if not force.in_force(subject, now):
            continue
        if force.scope.per_recipient:
            recipients.append(force)
        elif denies:
            denied.append(force)
        elif reviews:
            review.append(force)
        else:
            limits.append(force)
    return Effective(tuple(denied), tuple(review), tuple(recipients), tuple(limits), until)
