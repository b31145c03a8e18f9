"""Whatever happens to a decision is told to everybody concerned, written and queued in the transaction of the act.

If an act may not wait for an address, or is one in the recipient's favour, nobody unreachable stops it: that is on
record instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fairpost.enforcement.happenings import Happening
from fairpost.enforcement.models import (
    Appeal,
    AppealRuling,
    CoverageRevision,
    HeldCampaign,
    Measure,
    Notice,
)
from fairpost.enforcement.naming import decision_url, label, number_of
from fairpost.enforcement.notices.addressees import Party, of_account, parties
from fairpost.enforcement.notices.facts import Happened, HeldFacts, NoticeFacts, Ways, Why
from fairpost.enforcement.notices.gather import About, about, contact_address
from fairpost.enforcement.notices.keep import keep
from fairpost.enforcement.notices.telling import draft_of, issue, note_unreached, refuse_silence, to_be_told
from fairpost.enforcement.queries.decisions import DecisionView, decision_view, measure_view

LATER: dict[str, Why] = {
    "measure.lifted": "lifted",
    "measure.overturned": "overturned",
    "measure.superseded": "superseded",
    "measure.stayed": "stayed",
    "measure.stay_ended": "stay_ended",
}


def tell_of_decision(happening: Happening) -> None:
    """The notices of a decision that comes into force. Raises Conflict where an account cannot be reached at all."""
    decision = happening.decision or decision_view(number(happening.decision_id), happening.at)
    what = about(decision, None, happening.at)
    told = parties(to_be_told(what))
    refuse_silence(what, told)
    held = HeldCampaign.objects.filter(held_at=happening.at, state="held").values_list("account_id", "campaign_id")
    issue(what, told, "decision", Happened(), held_now=list(held.order_by("campaign_id")))


def tell_of_act(happening: Happening) -> None:
    """That a measure was lifted, overturned, replaced or stayed, or that its stay ended: to all who were told of it."""
    measure = measure_view(number(happening.measure_id), happening.at)
    what = about(decision_view(measure.decision_id, happening.at), {measure.id}, happening.at)
    issue(what, parties(to_be_told(what)), LATER[happening.name], happened_to(measure.label, what, happening))


def tell_of_coverage(happening: Happening) -> None:
    """Newcomers get an addendum before any of their mail is withheld; where somebody left, everybody is told again.

    An account that was told already is told of what is new of it (`accounts` of the happening).
    """
    measure = measure_view(number(happening.measure_id), happening.at)
    what = about(decision_view(measure.decision_id, happening.at), {measure.id}, happening.at)
    before = told_before(measure.id, measure.revision)
    now = to_be_told(what)
    grown = [{"account_id": each} for each in happening.detail.get("accounts", ())]
    fresh = [each for each in now if each not in before or each in grown]
    if any(each not in now for each in before):
        # Whoever left is told too: that it is not covered any more concerns nobody more.
        happened = Happened(measures=(measure.label,))
        issue(what, parties([*now, *(each for each in before if each not in now)]), "coverage_changed", happened)
    elif fresh:
        issue(what, parties(fresh), "addendum", Happened(measures=(measure.label,)))


def tell_of_refused_stay(happening: Happening) -> None:
    """That a stay was refused, and why, to the party that asked for it."""
    appeal = Appeal.objects.get(pk=happening.appeal_id)
    measures = {happening.measure_id} if happening.measure_id else set(appeal.measures)
    what = about(decision_view(appeal.decision_id, happening.at), measures, happening.at)
    happened = Happened(
        reason=str(happening.detail.get("reason", "")),
        measures=tuple(each.label for each in what.measures),
        appeal=label("appeal", appeal.pk),
    )
    issue(what, appellant(appeal), "stay_refused", happened, reference=f"appeal:{appeal.pk}")


def tell_of_appeal(happening: Happening) -> None:
    """The outcome of an appeal, measure by measure, to the party that filed it."""
    appeal = Appeal.objects.get(pk=happening.appeal_id)
    what = about(decision_view(appeal.decision_id, happening.at), appeal.measures or None, happening.at)
    rulings = [
        (label("measure", each.measure_id), each.outcome, each.reason)
        for each in AppealRuling.objects.filter(appeal=appeal).order_by("pk")
        if each.organisation_id in (None, appeal.organisation_id)
    ]
    detail = happening.detail
    if not rulings and detail.get("outcome"):
        rulings = [("", str(detail["outcome"]), str(detail.get("reason", "")))]
    happened = Happened(appeal=label("appeal", appeal.pk), rulings=tuple(rulings))
    issue(what, appellant(appeal), "appeal_decided", happened, reference=f"appeal:{appeal.pk}")


def appellant(appeal: Appeal) -> list[Party]:
    if appeal.account_id:
        return parties([{"account_id": appeal.account_id}])
    return parties([{"organisation_id": appeal.organisation_id}])


def tell_of_held_campaign(happening: Happening) -> None:
    """That a campaign is held, or what its review came to, with every reason, to the account whose it is."""
    account_id, campaign_id = number(happening.account_id), int(happening.detail["campaign"])
    row = HeldCampaign.objects.get(account_id=account_id, campaign_id=campaign_id)
    held = HeldFacts(
        campaign=str(campaign_id),
        held_at=row.held_at,
        reasons=tuple(reasons_of(row.reasons)),
        due_at=row.review_due_at if row.review else None,
        on_time_out=row.on_time_out,
        state=row.state,
        reason=row.decided_reason,
    )
    why: Why = "campaign_held" if happening.name == "campaign.held" else "campaign_reviewed"
    party = of_account(account_id)
    reference = f"campaign:{account_id}/{campaign_id}"
    decision = first_decision(row.reasons, happening.at)
    facts = NoticeFacts(
        why=why, at=happening.at, zone=party.zone, recipient=party.name, ways=Ways(contact_address()), held=held,
        decision=decision.label if decision else "",
    )  # fmt: skip
    keep([draft_of(facts, party, each, decision, (), reference) for each in party.recipients], happening.at)
    note_unreached([party], reference)


def number(value: int | None) -> int:
    if value is None:
        raise RuntimeError("the happening does not say what it happened to")
    return value


def told_before(measure_id: int, revision: int) -> list[dict[str, int]]:
    """Who was to be told by the statement before this revision."""
    before = CoverageRevision.objects.filter(measure_id=measure_id, revision__lt=revision)
    earlier = before.order_by("-revision").first()
    return list(earlier.statement["notices"]) if earlier else []


def happened_to(measure: str, what: About, happening: Happening) -> Happened:
    """The act in the words of who did it; times and parts of a stay from its detail."""
    detail: Any = happening.detail
    act = what.measures[0].acts[-1]
    until = detail.get("until")
    within = detail.get("within") or {}
    return Happened(
        reason=act.reason,
        until=datetime.fromisoformat(until) if until else None,
        until_appeal=happening.name == "measure.stayed" and not until and bool(detail.get("appeal")),
        within=tuple(f"{kind}: {', '.join(map(str, values))}" for kind, values in within.items() if kind != "excluded"),
        measures=(measure,),
        appeal=label("appeal", detail["appeal"]) if isinstance(detail.get("appeal"), int) else "",
        replaced_by=label("decision", detail["by"]) if isinstance(detail.get("by"), int) else "",
    )


def reasons_of(forces: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Each name (`measure M-12`) with its kind, decision and address; of a period or pause with its kind alone.

    One query, however many there are.
    """
    numbers = {each: measure_number(each) for each in forces}
    rows = Measure.objects.filter(pk__in=[each for each in numbers.values() if each])
    known = {number: (kind, decision) for number, kind, decision in rows.values_list("pk", "kind", "decision_id")}
    found = []
    for name, number_ in numbers.items():
        if number_ in known:
            kind, decision = known[number_]
            found.append((name, kind, label("decision", decision), decision_url(decision)))
        else:
            found.append((name, name.partition(" ")[0], "", ""))
    return found


def measure_number(force: str) -> int | None:
    source, _space, name = force.partition(" ")
    return number_of("measure", name) if source == "measure" else None


def first_decision(reasons: Iterable[str], now: datetime) -> DecisionView | None:
    for each in reasons:
        measure = measure_number(each)
        if measure is not None:
            return decision_view(measure_view(measure, now).decision_id, now)
    return None


def informed_at(decision_id: int, account_id: int | None, organisation_id: int | None = None) -> datetime | None:
    """When the party was first told: the first hand-over of a notice of this decision to it; None before that."""
    rows = Notice.objects.filter(decision_id=decision_id, events__what="handed_over")
    rows = rows.filter(account_id=account_id) if account_id else rows.filter(organisation_id=organisation_id)
    return rows.order_by("events__at").values_list("events__at", flat=True).first()
