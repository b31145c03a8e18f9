"""The closing report: what the period held, what became of it, how long that took, and how often it was for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Hold:
    """One campaign that the period held: when, what became of it and when; `by_person` where a person decided it."""

    held_at: datetime
    state: str
    decided_at: datetime | None
    by_person: bool


def closing_report(holds: Iterable[Hold]) -> dict[str, Any]:
    """{held, released, blocked, returned, waiting, released_by_time_out, median_seconds, false_positives, share}.

    `median_seconds` is from hold to decision, null where nothing was decided. False positives are those that a person
    released: the class had found what nobody minded. `false_positive_share` is of those that a person decided.
    """
    all_of_them = list(holds)
    waits = [(each.decided_at - each.held_at).total_seconds() for each in all_of_them if each.decided_at is not None]
    by_person = [each for each in all_of_them if each.by_person]
    false = sum(each.state == "released" for each in by_person)
    return {
        "held": len(all_of_them),
        "released": sum(each.state == "released" for each in all_of_them),
        "blocked": sum(each.state == "blocked" for each in all_of_them),
        "returned": sum(each.state == "returned" for each in all_of_them),
        "waiting": sum(each.state == "held" for each in all_of_them),
        "released_by_time_out": sum(each.state == "released" and not each.by_person for each in all_of_them),
        "median_seconds": median(waits) if waits else None,
        "false_positives": false,
        "false_positive_share": round(false / len(by_person), 4) if by_person else None,
    }
