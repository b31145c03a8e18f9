"""How an order stands is a function of the set of what was stated of it, in whatever order and however often it came.

Of different statements of one line the one counts that names a recipient of this account, then the one with a
reference, then the earliest, then the one of the lowest digest; that there are several is shown. A change counts once
for its own key. Corrections count first, by their time; then what was returned, by its time, and never more than the
line holds: what was stated beyond that is kept apart as an excess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from fairpost.events.donations.lines import EVERY_LINE
from fairpost.events.donations.statements import DONATION, UNSAID, Statement

RETURNS = ("refund", "chargeback")
KNOWLEDGE = {"": 0, "no_reference": 2}  # by what the reference says; the reference itself may have been erased


@dataclass(frozen=True, slots=True)
class Returned:
    """What a refund or chargeback took of the line, in minor units."""

    kind: str
    event_id: str
    at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One line after all that was stated. `line` has the right amount and receiver; `foreign` are changes in another
    currency than the line's, which change nothing."""

    line: Statement
    returned: tuple[Returned, ...]
    excess: int
    foreign: int
    cancelled_at: datetime | None
    statements: int

    @property
    def amount(self) -> int:
        return self.line.amount or 0

    @property
    def key(self) -> tuple[str, str, str]:
        return self.line.platform, self.line.order_id, self.line.line_item

    def sum_of(self, kind: str) -> int:
        return sum(each.amount for each in self.returned if each.kind == kind)


def standings(statements: Iterable[Statement]) -> Iterator[Standing]:
    """Each line of these orders that a donation was stated for; changes of others wait."""
    orders: dict[tuple[str, str], dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for each in statements:
        orders[each.order][each.line_item].append(each)
    for lines in orders.values():
        of_all = lines.pop(EVERY_LINE, [])
        for stated in lines.values():
            donations = [each for each in stated if each.kind == DONATION]
            if donations:
                changes = [each for each in stated + of_all if each.kind != DONATION]
                yield standing(donations, once_each(changes))


def once_each(changes: Iterable[Statement]) -> list[Statement]:
    """One for each key, in the order of their times."""
    first: dict[tuple[str, str], Statement] = {}
    for each in sorted(changes, key=lambda each: (each.at, each.event_id, each.digest)):
        first.setdefault((each.kind, each.event_id), each)
    return list(first.values())


def standing(donations: list[Statement], changes: list[Statement]) -> Standing:
    base = min(donations, key=lambda each: (KNOWLEDGE.get(each.reason, 1), each.at, each.digest))
    ours = [each for each in changes if each.currency in ("", base.currency)]
    line = corrected(base, [each for each in ours if each.kind == "correction"])
    returned, excess = taken_from(line.amount or 0, [each for each in ours if each.kind in RETURNS])
    ends = [each.at for each in ours if each.kind == "cancellation"]
    return Standing(
        line,
        tuple(returned),
        excess,
        len(changes) - len(ours),
        min(ends) if ends and base.recurring else None,
        len(donations),
    )


def corrected(line: Statement, corrections: list[Statement]) -> Statement:
    for each in corrections:
        line = replace(
            line,
            amount=line.amount if each.amount is None else each.amount,
            receiver=line.receiver if each.receiver == UNSAID else each.receiver,
            designated=line.designated if each.designated == UNSAID else each.designated,
        )
    return line


def taken_from(amount: int, returns: list[Statement]) -> tuple[list[Returned], int]:
    """What each took of what was left, and what was stated beyond."""
    found, left, excess = [], amount, 0
    for each in returns:
        wanted = left if each.amount is None else each.amount
        taken = min(wanted, left)
        found.append(Returned(each.kind, each.event_id, each.at, taken))
        left -= taken
        excess += wanted - taken
    return found, excess
