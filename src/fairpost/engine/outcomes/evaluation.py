"""Holds what was read of stored messages against what is known of them, and counts, per origin and kind.

Rows of expectation and failures that were read are paired within a file: those of the same class first, then the rest
in order, since rows name no address. A failure without a row is an extra; files without any row count for nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from fairpost.engine.outcomes.failed_recipient import FailedRecipient
from fairpost.engine.outcomes.returned import Returned

NUMBERED = re.compile(r"(.+)-\d+(?:\.[^.]*)?$")
NO_COMPLAINTS = frozenset({"not_spam", "auth_failure"})


@dataclass(frozen=True, slots=True)
class Expected:
    """One row: a failed recipient of `file`. kind: the folder the file belongs to."""

    kind: str
    file: str
    cls: str
    hard: bool


@dataclass(slots=True)
class Counts:
    """What was counted; `left_alone`: reports that are no complaint by their own type (RFC 6430, RFC 6591)."""

    rows: int = 0
    found: int = 0
    extra: int = 0
    hard_rows: int = 0
    hard_said: int = 0
    hard_right: int = 0
    class_right: int = 0
    complaints: int = 0
    complaints_found: int = 0
    left_alone: int = 0

    def add(self, other: Counts) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def figures(self) -> dict[str, float | int | None]:
        """Counts and shares; a share of nothing is None."""
        return {
            "rows": self.rows,
            "found": self.found,
            "extra": self.extra,
            "found_share": share(self.found, self.rows),
            "hard_precision": share(self.hard_right, self.hard_said),
            "hard_recall": share(self.hard_right, self.hard_rows),
            "class_accuracy": share(self.class_right, self.rows),
            "complaints": self.complaints,
            "complaints_found": self.complaints_found,
            "left_alone": self.left_alone,
        }


@dataclass(slots=True)
class Evaluation:
    origins: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counts))
    kinds: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    all: Counts = field(default_factory=Counts)

    def add(self, kind: str, file: str, counts: Counts) -> None:
        for each in (self.origins[(kind, origin_of(file))], self.kinds[kind], self.all):
            each.add(counts)


def evaluate(rows: Iterable[Expected], read: Mapping[tuple[str, str], Returned]) -> Evaluation:
    """`read` holds a Returned for each (kind, file) of the rows."""
    by_file: dict[tuple[str, str], list[Expected]] = defaultdict(list)
    for row in rows:
        by_file[(row.kind, row.file)].append(row)
    result = Evaluation()
    for (kind, file), expected in sorted(by_file.items()):
        result.add(kind, file, counted(expected, read[(kind, file)]))
    return result


def counted(expected: Sequence[Expected], returned: Returned) -> Counts:
    """The counts of one file."""
    due = [row for row in expected if not (row.cls == "complaint" and returned.kind in NO_COMPLAINTS)]
    counts = Counts(rows=len(due), left_alone=len(expected) - len(due))
    pairs, extra = paired(due, returned.recipients)
    for row, failure in pairs:
        counts.hard_rows += row.hard
        counts.complaints += row.cls == "complaint"
        if failure is not None:
            counts.found += 1
            counts.hard_right += row.hard and failure.hard
            counts.class_right += failure.cls == row.cls
            counts.complaints_found += row.cls == "complaint" and failure.cls == "complaint"
    counts.extra = len(extra)
    counts.hard_said = sum(failure.hard for failure in returned.recipients)
    return counts


def paired(
    rows: Sequence[Expected], failures: Sequence[FailedRecipient]
) -> tuple[list[tuple[Expected, FailedRecipient | None]], list[FailedRecipient]]:
    """Each row with the failure that stands for it, or None, and the failures that are left."""
    rest = list(failures)
    pairs: list[tuple[Expected, FailedRecipient | None]] = []
    others = []
    for row in rows:
        same = next((each for each in rest if each.cls == row.cls), None)
        if same is None:
            others.append(row)
        else:
            rest.remove(same)
            pairs.append((row, same))
    pairs += [(row, rest.pop(0) if rest else None) for row in others]
    return pairs, rest


def origin_of(file: str) -> str:
    """The part of a file's name before its last hyphen and number: lhost-postfix-03.eml -> lhost-postfix."""
    match = NUMBERED.fullmatch(file)
    return match[1] if match else file.rpartition(".")[0] or file


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
