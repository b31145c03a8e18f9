"""One figure of a benchmark, with its ceiling, as one JSON object a line."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`holds` is whether `ratio` (or `value`, where there is no ceiling) reaches `must_reach`.

    `at_most` turns the comparison round: for figures that must stay below.
    """

    name: str
    value: float
    unit: str
    ceiling: float | None
    ratio: float | None
    must_reach: float
    at_most: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        measured = self.value if self.ratio is None else self.ratio
        return measured <= self.must_reach if self.at_most else measured >= self.must_reach


def rate(name: str, value: float, unit: str, ceiling: float, must_reach: float, **details: Any) -> Figure:
    """A figure that must reach a part of its ceiling."""
    return Figure(name, round(value, 2), unit, round(ceiling, 2), round(value / ceiling, 4), must_reach, False, details)


def limit(name: str, value: float, unit: str, at_most: float, **details: Any) -> Figure:
    """A figure that must stay at or below a number."""
    return Figure(name, round(value, 4), unit, None, None, at_most, True, details)


def report(figures: list[Figure]) -> int:
    """Prints one JSON object a line and returns the exit code: 1 where one does not hold."""
    for each in figures:
        record = asdict(each)
        details = record.pop("details")
        print(json.dumps({**record, "holds": each.holds, **details}), flush=True)
    return 0 if all(each.holds for each in figures) else 1


def say(text: str) -> None:
    """A plain line on standard error, so that standard output stays JSON."""
    print(text, file=sys.stderr, flush=True)
