"""Reads everything that decides who sees which entry, in a few queries, and none of what the entries say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.enforcement.appeals.states import UNJUDGED
from fairpost.enforcement.models import (
    Appeal,
    AppealAct,
    Decision,
    RegisterEntry,
    RegisterKeepOut,
    RegisterParty,
    RegisterSeal,
    RegisterStatement,
)
from fairpost.enforcement.register.visibility import AppealTimes, Hidden, Party, Times

CLOSING = ("found_inadmissible", "withdrawn")
ADDED_TO = ("register_entry", "register_party", "register_statement", "appeal", "appeal_act", "decision")
ENDED_ONCE = ("register_seal", "register_keep_out")
STAMP = "SELECT " + ", ".join(
    [f"(SELECT count(*) FROM {each}), (SELECT coalesce(max(id), 0) FROM {each})" for each in ADDED_TO + ENDED_ONCE]
    + [f"(SELECT count(ended_at) FROM {each})" for each in ENDED_ONCE]
)


@dataclass(frozen=True, slots=True)
class Stated:
    """That a statement exists. `hidden`: it would tell of a decision that an order keeps out."""

    number: int
    kind: str
    at: datetime
    hidden: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """One entry without its contents; `nameable` are decisions beside it that nobody must be silent about."""

    entry_id: int
    decision_id: int
    anonymous: bool
    times: Times
    statements: tuple[Stated, ...]
    nameable: frozenset[int]

    @property
    def has_hidden(self) -> bool:
        return any(each.hidden for each in self.statements)


_kept: tuple[tuple[int, ...], tuple[Loaded, ...]] | None = None


def everything() -> tuple[Loaded, ...]:
    """All entries; read anew only where one of the tables behind them has changed since this process read them."""
    global _kept
    now = stamp()
    kept = _kept
    if kept is None or kept[0] != now:
        kept = _kept = (now, tuple(load()))
    return kept[1]


def stamp() -> tuple[int, ...]:
    """Differs whenever anything that `load` reads has changed: rows are only added, or ended once.

    Counts tell of a row that was committed after a later one; numbers tell rows of one database from another's.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return tuple(cursor.fetchone())


def load(decisions: Collection[int] | None = None) -> list[Loaded]:
    """The entries of these decisions, or all."""
    entries = RegisterEntry.objects.order_by("pk")
    if decisions is not None:
        entries = entries.filter(decision__in=decisions)
    rows = list(entries.values_list("pk", "decision_id", "anonymous", "publish", "made_at"))
    numbers = None if decisions is None else [row[1] for row in rows]
    secret = set(RegisterKeepOut.objects.filter(ended_at=None).values_list("decision_id", flat=True))
    parties, appeals = parties_of(numbers), appeals_of(numbers)
    seals, keep_outs = hidden_of(RegisterSeal, "sealed_at", numbers), hidden_of(RegisterKeepOut, "kept_at", numbers)
    beside = neighbours_of(numbers)
    statements = statements_of(numbers, beside, secret)
    return [
        Loaded(
            entry,
            decision,
            anonymous,
            Times(made_at, publish, parties[decision], appeals[decision], seals[decision], keep_outs[decision]),
            tuple(statements[decision]),
            frozenset(beside[decision] - secret),
        )
        for entry, decision, anonymous, publish, made_at in rows
    ]


def within(rows: Any, numbers: Collection[int] | None, field: str = "decision") -> Any:
    return rows if numbers is None else rows.filter(**{f"{field}__in": numbers})


def parties_of(numbers: Collection[int] | None) -> dict[int, list[Party]]:
    found: dict[int, list[Party]] = defaultdict(list)
    rows = within(RegisterParty.objects.order_by("pk"), numbers, "entry__decision")
    for decision, *values in rows.values_list(
        "entry__decision_id", "account_id", "organisation_id", "added_at", "window_ends_at"
    ):
        found[decision].append(Party(*values))
    return found


def appeals_of(numbers: Collection[int] | None) -> dict[int, list[AppealTimes]]:
    closed: dict[int, datetime] = {}
    acts = within(AppealAct.objects.filter(act__in=CLOSING), numbers, "appeal__decision")
    for appeal, at in acts.values_list("appeal_id", "at"):
        closed[appeal] = at
    found: dict[int, list[AppealTimes]] = defaultdict(list)
    for each in within(Appeal.objects.all(), numbers):
        over = closed.get(each.pk) if each.state in UNJUDGED else each.decided_at
        judged = each.state not in UNJUDGED and over is not None
        found[each.decision_id].append(AppealTimes(each.account_id, each.organisation_id, each.filed_at, over, judged))
    return found


def hidden_of(model: Any, since: str, numbers: Collection[int] | None) -> dict[int, list[Hidden]]:
    """Seals or keepings out; both end when a person ends them, seals also by themselves."""
    found: dict[int, list[Hidden]] = defaultdict(list)
    for each in within(model.objects.order_by("pk"), numbers):
        ends = [at for at in (getattr(each, "until", None), each.ended_at) if at is not None]
        basis = getattr(each, "legal_basis", "")
        found[each.decision_id].append(Hidden(getattr(each, since), min(ends, default=None), basis))
    return found


def neighbours_of(numbers: Collection[int] | None) -> dict[int, set[int]]:
    """The decisions that each replaces or is replaced by."""
    found: dict[int, set[int]] = defaultdict(set)
    for later, earlier in Decision.objects.filter(supersedes__isnull=False).values_list("pk", "supersedes_id"):
        if numbers is None or later in numbers or earlier in numbers:
            found[later].add(earlier)
            found[earlier].add(later)
    return found


def statements_of(
    numbers: Collection[int] | None, beside: dict[int, set[int]], secret: set[int]
) -> dict[int, list[Stated]]:
    found: dict[int, list[Stated]] = defaultdict(list)
    rows = within(RegisterStatement.objects.order_by("entry_id", "number"), numbers, "entry__decision")
    for decision, number, kind, at, by in rows.values_list(
        "entry__decision_id", "number", "kind", "at", "content__by"
    ):
        found[decision].append(Stated(number, kind, at, kind == "superseded" and by in secret))
    return found
