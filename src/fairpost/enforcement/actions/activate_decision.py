"""Puts an approved decision into force: in the register, told to everybody concerned, and true when it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.enforcement.acting import lock_decision, perform, performing, state_of
from fairpost.enforcement.actions.propose_decision import add_revision
from fairpost.enforcement.catalogue.durations import duration_from_json
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import effect_of, needs_of, starts_at
from fairpost.enforcement.catalogue.states import ENDED
from fairpost.enforcement.coverage.compute import Coverage, coverage
from fairpost.enforcement.force.store import current, put_force
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.holding import hold, restricted
from fairpost.enforcement.models import CoverageRevision, Decision, Measure
from fairpost.enforcement.naming import label
from fairpost.enforcement.narrowing import scope_of
from fairpost.enforcement.ports import Fence, Mailing, Queued, mailings
from fairpost.enforcement.queries.decisions import DecisionView, decision_view
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

QUEUE_LIFETIME = timedelta(days=5)  # after which relays return what they could not deliver (RFC 5321, 4.5.4.1)
NEVER_REPLACED = frozenset({*ENDED, "expired", "lapsed"})


@dataclass(frozen=True, slots=True)
class Activated:
    """A decision in force. `held` are the campaigns that it stopped, `queued` what their relays still had."""

    decision: DecisionView
    held: tuple[tuple[int, int], ...]
    fence: Fence
    queued: Queued


def activate_decision(
    *, actor: Actor, decision_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> Activated:
    """When this returns, nothing more in the scope of the decision's measures is handed to a relay.

    Its notices are written and queued, and the register has it, in the same transaction. Coverage is computed again:
    an organisation, account or identity that is new in it voids an approval by a second person (Conflict).
    """
    authorise(actor, "decision.propose" if "decision.approve" not in actor.capabilities else "decision.approve")
    acting_person(actor)
    return put_in_force(actor, decision_id, reason, clock.now())


def put_in_force(actor: Actor, decision_id: int, reason: str | None, now: datetime) -> Activated:
    """The same for actions that have authorised themselves. Must not run inside a transaction."""
    refuse_inside_transaction()
    covered = coverage_now(decision_id, now)
    if voided := grown(decision_id, covered, now):
        void(actor, decision_id, covered, voided, now)
    campaigns = {(each.account_id, each.campaign_id): each for one in covered.values() for each in one.campaigns}
    campaigns |= {(each.account_id, each.campaign_id): each for each in mailings().lingering(now - QUEUE_LIFETIME)}
    with performing(actor):
        row = lock_decision(decision_id)
        for measure in row.measures.order_by("pk"):
            activate(actor, measure, covered[measure.pk], now)
        supersede(actor, row, now)
        held = hold_campaigns(tuple(campaigns.values()), now, tell=False)
        view = decision_view(decision_id, now)
        follow(Happening("decision.activated", now, row.pk, decision=view))
        record(
            actor=actor, act="decision.activated", account_id=None, subject=f"decision:{row.pk}", reason=reason,
            facts={"campaigns": len(held)},
        )  # fmt: skip
        epoch = mailings().raise_epoch()  # last: from here to the commit no sender gets a permit
    fence = mailings().await_fence(epoch)
    return Activated(view, tuple(held), fence, mailings().hold_queued(held))


def refuse_inside_transaction() -> None:
    if connection.in_atomic_block:
        raise RuntimeError("what is put in force must be committed before its senders can be waited for")


def coverage_now(decision_id: int, now: datetime) -> dict[int, Coverage]:
    """The coverage of each measure of a decision as it is now."""
    measures = list(Measure.objects.filter(decision_id=decision_id))
    labels = {label for each in measures for label in each.scope.get("content_class", ())}
    if labels.difference(current().classes):  # campaigns were held against the others when they began
        mailings().classify(labels)
    return {
        each.pk: coverage(
            scope_of(each),
            needs_of(MEASURES[each.kind], each.mechanism),
            now,
            settings.FAIRPOST.territory_attribute,
        )
        for each in measures
    }


def grown(decision_id: int, covered: dict[int, Coverage], now: datetime) -> list[int]:
    """The measures, approved by a second person, in whose coverage somebody is new."""
    found = []
    for measure in Measure.objects.filter(decision_id=decision_id, four_eyes="yes"):
        stated = CoverageRevision.objects.filter(measure=measure).latest("revision").statement
        if state_of(measure, now) == "approved" and newcomers(stated, covered[measure.pk].statement):
            found.append(measure.pk)
    return found


def newcomers(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Organisations, accounts and identities that are covered now and were not."""
    return [
        (kind, each["id"])
        for kind in ("organisations", "accounts", "identities")
        for each in after["covered"][kind]
        if each["id"] not in {other["id"] for other in before["covered"][kind]}
    ]


def void(actor: Actor, decision_id: int, covered: dict[int, Coverage], measures: Sequence[int], now: datetime) -> None:
    with performing(actor):
        lock_decision(decision_id)
        for number in measures:
            measure = Measure.objects.get(pk=number)
            add_revision(measure, covered[number], "approval_voided", now)
            perform(number, "approval_voided", actor=actor, now=now)
    raise Conflict(
        _("Somebody new is covered since decision D-{decision} was approved; the approval is void.").format(
            decision=decision_id
        ),
        hint=_("Read the new coverage statement; it must be approved again, or proposed anew."),
    )


def activate(actor: Actor, measure: Measure, covered: Coverage, now: datetime) -> None:
    kind, duration = MEASURES[measure.kind], duration_from_json(measure.duration)
    begin = starts_at(kind, measure.mechanism, duration.starts_at, now)
    if duration.ends_at is not None and duration.ends_at <= begin:
        raise Conflict(
            _("The term of measure {measure} is over.").format(measure=label("measure", measure.pk)),
            hint=_("Propose it anew, with another term."),
        )
    perform(measure.pk, "activated", actor=actor, detail={"starts_at": begin.isoformat()}, now=now)
    latest = CoverageRevision.objects.filter(measure=measure).latest("revision")
    if latest.statement != covered.statement:
        add_revision(measure, covered, "activated", now)
    effect = effect_of(kind, measure.mechanism)
    if effect:
        put_force(
            source="measure", source_id=measure.pk, decision_id=measure.decision_id, kind=measure.kind,
            scope=scope_from_json(measure.scope), effect=effect, starts_at=begin, ends_at=duration.ends_at,
        )  # fmt: skip


def supersede(actor: Actor, row: Decision, now: datetime) -> None:
    """Ends what this decision replaces, as far as it has not ended by itself."""
    if row.supersedes_id is None:
        return
    for measure in Measure.objects.filter(decision_id=row.supersedes_id).order_by("pk"):
        if state_of(measure, now) not in NEVER_REPLACED:
            perform(measure.pk, "superseded", actor=actor, detail={"by": row.pk}, now=now)


def hold_campaigns(campaigns: Sequence[Mailing], now: datetime, *, tell: bool = True) -> list[tuple[int, int]]:
    """Holds those of these campaigns that what is in force does not let go on."""
    snapshot = current()
    found = [(each, answer) for each in campaigns if (answer := restricted(each, snapshot, now)) is not None]
    return hold(found, now, tell=tell)


def hold_what_is_restricted(clock: Clock = SYSTEM_CLOCK) -> int:
    """Holds every started campaign that something now in force stops; the gate stopped it before.

    So a measure whose time begins later, or that a campaign came under in another way, leaves its trace, and nothing of
    it goes out again without its sender's word. Returns how many were held.
    """
    now = clock.now()
    with transaction.atomic():
        return len(hold_campaigns([each for each in mailings().all(None) if not each.held], now))
