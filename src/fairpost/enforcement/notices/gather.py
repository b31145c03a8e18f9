"""Gathers the facts of a decision for one party: the decision as it was taken, each measure as it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from fairpost.enforcement.appeals.deadlines import window_ends_at
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import effect_of
from fairpost.enforcement.naming import label
from fairpost.enforcement.notices.addressees import Party
from fairpost.enforcement.notices.facts import ClauseFacts, Happened, MeasureFacts, NoticeFacts, Ways, Why
from fairpost.enforcement.notices.tokens import notice_token
from fairpost.enforcement.notices.told import Own, coverage_facts, machine_scope, own_things, selectors
from fairpost.enforcement.queries.decisions import DecisionView, MeasureView
from fairpost.tenants.queries.senders import Sender, organisation_names, senders

INFORMS = frozenset({"decision", "addendum"})  # from these on the window for an appeal runs


@dataclass(frozen=True, slots=True)
class About:
    """A decision and those of its measures that a notice is about, with everybody who sends here at that moment."""

    decision: DecisionView
    measures: tuple[MeasureView, ...]
    senders: list[Sender]
    now: datetime


def about(decision: DecisionView, measures: Collection[int] | None, now: datetime) -> About:
    """The measures with these numbers, or all. Internal ones are nobody's to be told."""
    wanted = tuple(
        each for each in decision.measures if MEASURES[each.kind].notified and (measures is None or each.id in measures)
    )
    return About(decision, wanted, senders(now, accounts=accounts_told(wanted)), now)


def accounts_told(measures: Iterable[MeasureView]) -> set[int] | None:
    """The accounts in which somebody is told; None where organisations are told too, wherever they send from."""
    told = [each for measure in measures for each in measure.coverage["notices"]]
    return None if any("organisation_id" in each for each in told) else {each["account_id"] for each in told}


def facts_of(
    what: About, party: Party, why: Why, happened: Happened, held_now: Collection[tuple[int, int]] = ()
) -> NoticeFacts:
    """The facts for one party. Where to read it is added for each recipient (`ways_of`)."""
    decision = what.decision
    concerned = [each for each in what.measures if concerns(each, party)] or list(what.measures)
    return NoticeFacts(
        why=why,
        at=what.now,
        zone=party.zone,
        recipient=party.name,
        care_of=party.care_of,
        ways=Ways(contact_address()),
        decision=decision.label,
        measures=tuple(measure_facts(each, own_things(party, what.senders, each.scope)) for each in concerned),
        clauses=tuple(ClauseFacts(each.label, each.permalink, each.texts) for each in decision.clauses),
        legal_ground=decision.legal_ground,
        facts=decision.facts,
        quoted=decision.quoted,
        campaigns=tuple(campaigns_of(decision, concerned, party)),
        held_now=tuple(f"{account}/{campaign}" for account, campaign in held_now if account == party.account_id),
        source=decision.source,
        source_identity=decision.source_identity,
        automated_detection=decision.automated_detection or any(each.kind == "brake" for each in concerned),
        automated_decision="full" if any(each.kind == "brake" for each in concerned) else decision.automated_decision,
        strike_names=tuple(organisation_names(decision.responsible).values()) if shares(concerned, party) else (),
        strike_expires_at=strike_expires_at(concerned, what.now),
        appeal_by=window_ends_at(what.now, party.zone) if why in INFORMS else None,
        outside_redress=decision.outside_redress,
        happened=happened,
    )


def concerns(measure: MeasureView, party: Party) -> bool:
    told = measure.coverage["notices"]
    mine = ({"account_id": party.account_id}, {"organisation_id": party.organisation_id or party.holder_id})
    return any(each in told for each in mine)


def shares(measures: Iterable[MeasureView], party: Party) -> bool:
    """Whether the party may be told who else is named responsible: those of a joint sender, and a party alone."""
    return any("joint_sender" in each.scope for each in measures) or all(
        each["id"] in (party.account_id, None)
        for measure in measures
        for each in measure.coverage["covered"]["accounts"]
    )


def strike_expires_at(measures: Iterable[MeasureView], now: datetime) -> datetime | None:
    """When the last strike of these measures expires, counted from activation; None where none counts as one."""
    since = [
        next((act.at for act in each.acts if act.act == "activated"), now) for each in measures if each.strike
    ]
    return max(since) + timedelta(days=settings.FAIRPOST.strike_days) if since else None


def campaigns_of(decision: DecisionView, measures: Iterable[MeasureView], party: Party) -> list[str]:
    joint = any("joint_sender" in each.scope for each in measures)
    return [
        f"{account_id}/{campaign_id}"
        for account_id, campaign_id in decision.campaigns
        if joint or account_id == party.account_id
    ]


def measure_facts(measure: MeasureView, own: Own) -> MeasureFacts:
    effect = effect_of(MEASURES[measure.kind], measure.mechanism)
    return MeasureFacts(
        number=measure.label,
        kind=measure.kind,
        duration=measure.duration,
        starts_at=measure.active_since or measure.duration.starts_at or measure.acts[-1].at,
        state=measure.state,
        mechanism=measure.mechanism,
        scope=machine_scope(measure.scope, own),
        selected=selectors(measure.scope, own),
        excluded=selectors(measure.scope.get("excluded", {}), own),
        next_review=measure.next_review,
        strike=measure.strike,
        coverage=coverage_facts(measure.coverage, own),
        withholds=bool({"*", "sending", "fundraising"} & set(effect.get("denies", ()))),
        asks_review=effect.get("review", False),
    )


def ways_of(notice_id: int, party: Party, decision: DecisionView | None) -> Ways:
    """Where the recipient of this notice reads it, asks, and appeals."""
    platform: str = settings.FAIRPOST.platform_url.rstrip("/")
    number = decision.label if decision else label("notice", notice_id)
    name = f" --organisation {party.organisation_id}" if party.organisation_id else ""
    return Ways(
        contact=contact_address(),
        decision_url=decision.url if decision else "",
        read_url=f"{platform}/n/{notice_token(notice_id)}",
        show_command=f"fairpost notice show {label('notice', notice_id)}",
        appeal_command=f"fairpost appeal file {number}{name}",
        appeal_api=f"{platform}/api/v1/accounts/{party.account_id}/appeals",
    )


def contact_address() -> str:
    return settings.FAIRPOST.platform_contact or platform_from()


def platform_from() -> str:
    configuration: Any = settings.FAIRPOST
    return configuration.platform_from or f"notices@{configuration.platform_host}"
