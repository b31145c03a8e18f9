"""Whatever happens to a decision is told to everybody concerned, written and queued in the transaction of the act.

If an act may not wait for an address, or is one in the recipient's favour, nobody unreachable stops it: that is on
record instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from fairpost.audit.actions import record
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.happenings import Happening
from fairpost.enforcement.models import Appeal, AppealRuling, CoverageRevision, HeldCampaign, Notice, NoticeEvent
from fairpost.enforcement.naming import label, number_of
from fairpost.enforcement.notices.addressees import Party, Recipient, of_account, parties
from fairpost.enforcement.notices.facts import Happened, HeldFacts, NoticeFacts, Ways, Why
from fairpost.enforcement.notices.gather import About, about, contact_address, facts_of, ways_of
from fairpost.enforcement.notices.keep import Draft, keep
from fairpost.enforcement.notices.render import Rendered, render
from fairpost.enforcement.queries.decisions import DecisionView, decision_view, measure_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _

NOTICES = Actor(name="notices", via="system")
LATER: dict[str, Why] = {
    "measure.lifted": "lifted",
    "measure.overturned": "overturned",
    "measure.superseded": "superseded",
    "measure.stayed": "stayed",
    "measure.stay_ended": "stay_ended",
}
HIJACKED = "hijacked"  # how a recorded reason begins that concerns the people of the account only
CANNOT_WAIT = "after"  # of kinds that a second person looks at afterwards: imminent harm waits for no address


def tell_of_decision(happening: Happening) -> None:
    """The notices of a decision that comes into force. Raises Conflict where an account cannot be reached at all."""
    decision = decision_view(number(happening.decision_id), happening.at)
    what = about(decision, None, happening.at)
    told = parties(to_be_told(what))
    refuse_silence(what, told)
    issue(what, told, "decision", Happened())


def tell_of_act(happening: Happening) -> None:
    """That a measure was lifted, overturned, replaced or stayed, or that its stay ended: to all who were told of it."""
    measure = measure_view(number(happening.measure_id), happening.at)
    what = about(decision_view(measure.decision_id, happening.at), {measure.id}, happening.at)
    issue(what, parties(to_be_told(what)), LATER[happening.name], happened_to(measure.label, what, happening))


def tell_of_coverage(happening: Happening) -> None:
    """Newcomers get an addendum before any of their mail is withheld; where somebody left, everybody is told again."""
    measure = measure_view(number(happening.measure_id), happening.at)
    what = about(decision_view(measure.decision_id, happening.at), {measure.id}, happening.at)
    before = told_before(measure.id, measure.revision)
    now = to_be_told(what)
    fresh = [each for each in now if each not in before]
    if any(each not in now for each in before):
        # Whoever left is told too: that it is not covered any more concerns nobody more.
        happened = Happened(measures=(measure.label,))
        issue(what, parties([*now, *(each for each in before if each not in now)]), "coverage_changed", happened)
    elif fresh:
        issue(what, parties(fresh), "addendum", Happened(measures=(measure.label,)))


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
    party = (
        parties([{"account_id": appeal.account_id}])
        if appeal.account_id
        else parties([{"organisation_id": appeal.organisation_id}])
    )
    happened = Happened(appeal=label("appeal", appeal.pk), rulings=tuple(rulings))
    issue(what, party, "appeal_decided", happened, reference=f"appeal:{appeal.pk}")


def tell_of_held_campaign(happening: Happening) -> None:
    """That a campaign is held, or what its review came to, with every reason, to the account whose it is."""
    account_id, campaign_id = number(happening.account_id), int(happening.detail["campaign"])
    row = HeldCampaign.objects.get(account_id=account_id, campaign_id=campaign_id)
    held = HeldFacts(
        campaign=str(campaign_id),
        held_at=row.held_at,
        reasons=tuple(reason(each, happening.at) for each in row.reasons),
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


def to_be_told(what: About) -> list[dict[str, int]]:
    """Everybody in the latest coverage statements of these measures, once."""
    found: list[dict[str, int]] = []
    for measure in what.measures:
        found += [dict(each) for each in measure.coverage["notices"] if each not in found]
    return found


def told_before(measure_id: int, revision: int) -> list[dict[str, int]]:
    """Who was to be told by the statement before this revision."""
    before = CoverageRevision.objects.filter(measure_id=measure_id, revision__lt=revision)
    earlier = before.order_by("-revision").first()
    return list(earlier.statement["notices"]) if earlier else []


def refuse_silence(what: About, told: Iterable[Party]) -> None:
    """Nothing comes into force that somebody covered can hear nothing of, unless there is a recorded reason."""
    if what.decision.detail.get("notice_withheld") or all(
        MEASURES[each.kind].four_eyes == CANNOT_WAIT for each in what.measures
    ):
        return
    for party in told:
        if party.organisation_id is None and not party.recipients:
            raise Conflict(
                _("Nobody of the account {name} can be told of this decision, so it does not come into force.").format(
                    name=repr(party.name)
                ),
                hint=_("Give the account an owner or a confirmed contact, or record why its notices are withheld."),
            )


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


def issue(what: About, told: list[Party], why: Why, happened: Happened, reference: str = "") -> list[int]:
    """Writes, keeps and queues a notice for every recipient of every party. Internal measures are told to nobody."""
    if not what.measures:
        return []
    drafts = []
    for party in told:
        facts = facts_of(what, party, why, happened)
        measures = tuple(number_of("measure", each.number) for each in facts.measures)
        drafts += [draft_of(facts, party, each, what.decision, measures, reference) for each in party.recipients]
    note_unreached(told, f"decision:{what.decision.id}")
    return keep(drafts, what.now)


def draft_of(
    facts: NoticeFacts,
    party: Party,
    recipient: Recipient,
    decision: DecisionView | None,
    measures: tuple[int, ...],
    reference: str,
) -> Draft:
    def write(notice_id: int) -> Rendered:
        return render(replace(facts, ways=ways_of(notice_id, party.account_id, decision)), recipient.language)

    return Draft(
        why=facts.why,
        recipient=recipient,
        write=write,
        content_subject=f"account:{party.account_id}",
        decision_id=decision.id if decision else None,
        measures=measures,
        reference=reference,
        account_id=party.account_id,
        organisation_id=party.organisation_id,
        withheld=withheld(decision, recipient) if decision else "",
    )


def withheld(decision: DecisionView, recipient: Recipient) -> str:
    """Why this recipient is not told now; empty where nothing is against it.

    The reason is the decision's, until somebody released its notices. Whoever took over an account does not read what
    is sent outside of it.
    """
    reason = str(decision.detail.get("notice_withheld", ""))
    if reason.lower().startswith(HIJACKED) and recipient.outside_contact_id is not None:
        return ""
    released = NoticeEvent.objects.filter(notice__decision_id=decision.id, what="released")
    return "" if not reason or released.exists() else reason


def note_unreached(told: Iterable[Party], subject: str) -> None:
    """On record: this party had nobody who could be told."""
    for party in told:
        if not party.recipients:
            record(
                actor=NOTICES,
                act="notice.unreached",
                account_id=party.account_id,
                subject=subject,
                facts={"organisation": party.organisation_id},
            )


def reason(force: str, now: datetime) -> tuple[str, str, str, str]:
    """`measure M-12` with its kind, decision and address; a period's or pause's name with its kind alone."""
    source, _space, name = force.partition(" ")
    if source != "measure":
        return force, source, "", ""
    measure = measure_view(number_of("measure", name), now)
    decision = decision_view(measure.decision_id, now)
    return force, measure.kind, decision.label, decision.url


def first_decision(reasons: Iterable[str], now: datetime) -> DecisionView | None:
    for each in reasons:
        source, _space, name = each.partition(" ")
        if source == "measure":
            return decision_view(measure_view(number_of("measure", name), now).decision_id, now)
    return None


def informed_at(decision_id: int, account_id: int | None, organisation_id: int | None = None) -> datetime | None:
    """When the party was first told: the first hand-over of a notice of this decision to it; None before that."""
    rows = Notice.objects.filter(decision_id=decision_id, events__what="handed_over")
    rows = rows.filter(account_id=account_id) if account_id else rows.filter(organisation_id=organisation_id)
    return rows.order_by("events__at").values_list("events__at", flat=True).first()
