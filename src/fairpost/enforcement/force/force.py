"""One thing in force: a measure, a customer's own pause or a period of elevated risk, reduced to what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fairpost.enforcement.scope.selector import NOTHING, RECIPIENT_KINDS, Scope, scope_from_json
from fairpost.enforcement.scope.subject import Subject

Source = Literal["measure", "pause", "period"]


@dataclass(frozen=True, slots=True)
class Stay:
    """While it lasts the force is off, in all of its scope or inside `within` only."""

    since: datetime
    until: datetime | None
    within: Scope | None = None


@dataclass(frozen=True, slots=True)
class Force:
    """What it denies (`*` is everything), whether it asks for review, its limits, its scope and its term.

    `per_hour` is messages an hour over all of the scope, `audience` the most recipients of one campaign.
    `spares_cleared`: does not ask again for the review of content that a person released before it began.
    """

    id: int
    source: Source
    source_id: int
    decision_id: int | None
    kind: str
    scope: Scope
    starts_at: datetime
    ends_at: datetime | None = None
    denies: frozenset[str] = NOTHING
    review: bool = False
    per_hour: int | None = None
    audience: int | None = None
    spares_cleared: bool = False
    stays: tuple[Stay, ...] = ()

    @property
    def name(self) -> str:
        """How dispositions and withheld recipients name it: `measure M-12`."""
        return f"{self.source} {LETTERS[self.source]}-{self.source_id}"

    def in_force(self, subject: Subject, now: datetime) -> bool:
        """Whether its term is running for this subject and no stay is."""
        if now < self.starts_at or (self.ends_at is not None and now >= self.ends_at):
            return False
        return not self.stays or not any(
            each.since <= now
            and (each.until is None or now < each.until)
            and (each.within is None or each.within.matches(subject.facets))
            for each in self.stays
        )

    def covers(self, subject: Subject) -> bool:
        """Whether the subject is inside the scope, as far as that is not decided per recipient."""
        if self.review and self.satisfied(subject):
            return False
        facets = subject.facets
        for each in self.scope.selectors:
            kind = each.kind
            if kind in RECIPIENT_KINDS or not each.values.isdisjoint(facets.get(kind, NOTHING)):
                continue
            if kind != "content_class" or subject.known_classes is None or each.values <= subject.known_classes:
                return False
        excluded = self.scope.excluded
        return not excluded or all(each.values.isdisjoint(facets.get(each.kind, NOTHING)) for each in excluded)

    def satisfied(self, subject: Subject) -> bool:
        """Whether the review that it asks for was done."""
        cleared = subject.cleared_at
        return cleared is not None and (self.spares_cleared or cleared >= self.starts_at)

    def next_change(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which it begins, ends, is stayed or comes back; None where there is none."""
        if not self.stays:
            if now < self.starts_at:
                return self.starts_at
            return self.ends_at if self.ends_at is not None and now < self.ends_at else None
        times = [self.starts_at, self.ends_at]
        for each in self.stays:
            times += [each.since, each.until]
        return min((each for each in times if each is not None and each > now), default=None)


LETTERS = {"measure": "M", "pause": "U", "period": "P"}


def force_from_row(row: Mapping[str, Any]) -> Force:
    """The force of a row of the table `force`."""
    effect = row["effect"]
    return Force(
        id=row["id"],
        source=row["source"],
        source_id=row["source_id"],
        decision_id=row["decision_id"],
        kind=row["kind"],
        scope=scope_from_json(row["scope"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        denies=frozenset(effect.get("denies", ())),
        review=effect.get("review", False),
        per_hour=effect.get("per_hour"),
        audience=effect.get("audience"),
        spares_cleared=effect.get("spares_cleared", False),
        stays=tuple(stay_from_json(each) for each in row["stays"]),
    )


def stay_from_json(data: Mapping[str, Any]) -> Stay:
    return Stay(
        datetime.fromisoformat(data["since"]),
        datetime.fromisoformat(data["until"]) if data.get("until") else None,
        scope_from_json(data["within"]) if data.get("within") else None,
    )
