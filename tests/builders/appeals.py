"""Builds appeals by the real actions, up to the point where a test takes over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.builders.enforcement import Staff, decided, measure, until
from tests.builders.tenants import Tenant

from fairpost.enforcement.actions.activate_decision import Activated
from fairpost.enforcement.actions.assign_appeal import assign_appeal, begin_review
from fairpost.enforcement.actions.decide_appeal import DecidedAppeal, decide_appeal
from fairpost.enforcement.actions.file_appeal import file_appeal
from fairpost.enforcement.appeals.rulings import Ruling
from fairpost.enforcement.queries.appeals import AppealView
from fairpost.enforcement.scope.subject import subject
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, FixedClock
from fairpost.tenants.queries import account

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
WHY = "The mail is a quotation, and the next line says so."


def suspended(staff: Staff, tenant: Tenant, clock: Clock, **more: Any) -> Activated:
    """Sending of the account is suspended for three days, with a strike for its holder."""
    return decided(
        staff,
        measure("suspend_sending", {"account": [tenant.account_id]}, until(clock), mechanism={"queue": "hold"}),
        clock=clock,
        responsible=[account(tenant.account_id).holder_id],
        **more,
    )


def filed(tenant: Tenant, decision_id: int, clock: Clock, **more: Any) -> AppealView:
    """Ada's appeal."""
    return file_appeal(
        actor=tenant.owner, account_id=tenant.account_id, decision_id=decision_id, statement=WHY, clock=clock, **more
    ).appeal


def in_review(reviewer: Actor, appeal: AppealView, clock: Clock) -> AppealView:
    """The appeal, assigned to this reviewer, its review begun."""
    assign_appeal(actor=reviewer, appeal_id=appeal.id, clock=clock)
    return begin_review(actor=reviewer, appeal_id=appeal.id, clock=clock)


def ruled(reviewer: Actor, appeal: AppealView, outcome: str, clock: Clock, **more: Any) -> DecidedAppeal:
    """The appeal, decided alike for each of its measures."""
    numbers = [int(each.removeprefix("M-")) for each in appeal.measures]
    rulings = [Ruling(each, outcome, "What was quoted was left out of account.", **more) for each in numbers]
    return decide_appeal(actor=reviewer, appeal_id=appeal.id, rulings=rulings, clock=clock)


def sends(tenant: Tenant, **facets: Any) -> Any:
    """What sends for this account, as the gate sees it."""
    return subject(["sending"], account=tenant.account_id, **facets)


def starting() -> FixedClock:
    return FixedClock(START)
