"""Decisions as rows, activated by what follows an activation: enough to test what the register makes of them."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders.policies import make_clause
from tests.builders.tenants import Tenant, make_person

from fairpost.enforcement.actions.keep_out_entry import keep_out_entry
from fairpost.enforcement.actions.register_order import register_order
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import (
    Appeal,
    AppealAct,
    Case,
    CoverageRevision,
    Decision,
    DecisionHand,
    Measure,
    MeasureAct,
    PolicyClause,
)
from fairpost.enforcement.naming import number_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import FixedClock
from fairpost.tenants import queries

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
NUMBERS = itertools.count(1)
SECRET = "Umbrella"  # stands in every text that may be hidden


def clause_row(now: datetime) -> PolicyClause:
    code = f"clause{next(NUMBERS)}"
    made = make_clause(code, texts={"en": {"title": f"{SECRET} clause", "text": "No."}}, clock=FixedClock(now))
    return PolicyClause.objects.get(pk=made.id)


def coverage_of(tenant: Tenant, *, organisations: Collection[int] = (), name: str = SECRET) -> dict[str, Any]:
    """A statement in the form of CoverageRevision: the account is covered, a sister of it expressly is not."""
    return {
        "covered": {
            "organisations": [{"id": 1, "name": f"{name} Committee", "why": "named by the measure"}],
            "accounts": [{"id": tenant.account_id, "name": f"{name} account", "why": "inside the scope"}],
            "identities": [{"id": 5, "name": "jane.doe@umbrella.example", "why": "inside the scope"}],
            "joint_senders": [],
            "units": [],
            "domains": [{"id": None, "name": "umbrella.example", "why": "sends covered mail"}],
        },
        "not_covered": [
            {"kind": "organisation", "id": 2, "name": f"{name} Sister", "why": "takes part in a covered joint sender"},
            {"kind": "identity", "id": 6, "name": "john@umbrella.example", "why": "another sender"},
        ],
        "campaigns": {"scheduled": 1, "running": 1, "ids": []},
        "contacts": 12,
        "territory": "",
        "notices": [{"account_id": tenant.account_id}, *({"organisation_id": each} for each in organisations)],
    }


def insert_decision(
    tenant: Tenant,
    *,
    now: datetime = START,
    kinds: Collection[str] = ("suspend_sending",),
    days: int | None = 30,
    supersedes: int | None = None,
    organisations: Collection[int] = (),
    facts: str = f"{SECRET} called for storming the hall; write to jane.doe@umbrella.example.",
    source: str = "own_initiative",
) -> int:
    """An approved decision on an account; not activated yet."""
    proposer, approver = make_person(None, "Mara", "reviewer"), make_person(None, "Noor", "approver")
    case = Case.objects.create(
        account_id=tenant.account_id, title="case", source=source, opened_at=now, due_at=now + timedelta(days=1)
    )
    row = Decision.objects.create(
        case=case, facts=facts, milder_step="a warning", milder_why_not="ignored", evidence_hash="e", version="v",
        proposed_by_id=proposer.person_id, proposed_at=now, supersedes_id=supersedes,
    )  # fmt: skip
    row.clauses.set([clause_row(now)])
    DecisionHand.objects.create(decision=row, person_id=proposer.person_id, role="proposer", at=now)
    DecisionHand.objects.create(decision=row, person_id=approver.person_id, role="approver", at=now)
    for kind in kinds:
        until = {"kind": "until", "ends_at": (now + timedelta(days=days or 0)).isoformat()}
        duration = until if days else {"kind": "instant"}
        measure = Measure.objects.create(
            decision=row, kind=kind, mechanism={"queue": "hold"} if kind == "suspend_sending" else {},
            scope={"account": [str(tenant.account_id)], "domain": ["umbrella.example"]}, duration=duration,
            strike=False, four_eyes="yes",
        )  # fmt: skip
        statement = coverage_of(tenant, organisations=organisations)
        CoverageRevision.objects.create(
            measure=measure, revision=1, statement=statement, hash="h", why="proposed", at=now
        )
        for act, person in (("proposed", proposer), ("approved", approver)):
            MeasureAct.objects.create(measure=measure, act=act, at=now, person_id=person.person_id)
    return row.pk


def activate(decision_id: int, now: datetime = START) -> int:
    """Puts it into force, as far as the register sees that."""
    for measure in Measure.objects.filter(decision_id=decision_id):
        MeasureAct.objects.create(
            measure=measure, act="activated", at=now, detail={"starts_at": now.isoformat()}
        )
    follow_register(Happening("decision.activated", now, decision_id))
    return decision_id


def make_decision(tenant: Tenant, **given: Any) -> int:
    """The same in one call: a decision in force since `now`."""
    return activate(insert_decision(tenant, **given), given.get("now", START))


def act(decision_id: int, name: str, now: datetime, **detail: Any) -> int:
    """Does an act on the decision's first measure; returns the measure."""
    measure = Measure.objects.filter(decision_id=decision_id).earliest("pk")
    MeasureAct.objects.create(measure=measure, act=name, at=now, detail=detail)
    follow_register(Happening(f"measure.{name}", now, decision_id, measure.pk, detail=detail))
    return measure.pk


def follow_register(happening: Happening) -> None:
    """What the register does about it, without what other parts do."""
    from fairpost.enforcement import happenings

    kept = happenings.FOLLOWERS
    happenings.FOLLOWERS = {
        name: tuple(each for each in targets if ".register." in each) for name, targets in kept.items()
    }
    try:
        follow(happening)
    finally:
        happenings.FOLLOWERS = kept


def make_appeal(
    decision_id: int, tenant: Tenant, filed: datetime, *, over: datetime | None = None, outcome: str = "upheld"
) -> int:
    """An appeal of the account's holder; with `over` decided then, or withdrawn where the outcome says so."""
    state = "filed" if over is None else "withdrawn" if outcome == "withdrawn" else "closed"
    row = Appeal.objects.create(
        decision_id=decision_id, account_id=tenant.account_id,
        organisation_id=queries.account(tenant.account_id).holder_id, measures=[], subject="appeal:1", sealed=b"",
        filed_via="api", filed_at=filed, informed_at=START, window_ends_at=filed + timedelta(days=180),
        first_touch_due_at=filed, decision_due_at=filed + timedelta(days=7), state=state,
        decided_at=over if state == "closed" else None,
    )  # fmt: skip
    if state == "withdrawn":
        AppealAct.objects.create(appeal=row, act="withdrawn", at=over)
    if state == "closed":
        follow_register(Happening("appeal.decided", over, decision_id, appeal_id=row.pk, detail={"outcome": outcome}))
    return row.pk


def legal_officer() -> Actor:
    return make_person(None, "Lena", "legal_officer")


def make_order(officer: Actor, now: datetime = START, *, secret: bool = True, **given: Any) -> int:
    """An order; with `secret` it forbids disclosure."""
    values: dict[str, Any] = {
        "authority": f"{SECRET} Court", "text": f"Stop {SECRET}.", "legal_basis": "Article 9 DSA", "scope": "all",
        "deadline": now + timedelta(days=2), "served_by": "Bailiff Moss", "served_at": now - timedelta(hours=1),
        "forbids_disclosure": secret,
    }  # fmt: skip
    return register_order(actor=officer, clock=FixedClock(now), **{**values, **given})


def keep_out(decision_id: int, now: datetime = START) -> tuple[Actor, int]:
    """An order keeps the entry out: the officer and the order."""
    officer = legal_officer()
    order = make_order(officer, now)
    keep_out_entry(actor=officer, decision_id=decision_id, order_id=order, clock=FixedClock(now))
    return officer, order


def number(text: str) -> int:
    return number_of("decision", text)
