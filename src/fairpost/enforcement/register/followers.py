"""What happens to a decision is stated in the register in the same transaction: first the decision, then amendments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max

from fairpost.enforcement.appeals.deadlines import window_ends_at
from fairpost.enforcement.dsa.personal_data import masked
from fairpost.enforcement.happenings import Happening
from fairpost.enforcement.models import Decision, RegisterEntry, RegisterParty, RegisterStatement
from fairpost.enforcement.queries.decisions import DecisionView, decision_view
from fairpost.enforcement.register import content
from fairpost.kernel.text import in_language
from fairpost.tenants.queries import account

ZONE = "UTC"  # of an organisation without account

AMENDMENTS = {
    "measure.lifted": "lifted",
    "measure.overturned": "overturned",
    "measure.superseded": "superseded",
    "measure.stayed": "stayed",
    "measure.stay_ended": "stay_ended",
    "coverage.extended": "coverage_extended",
    "appeal.decided": "appeal_decided",
}


def enter_in_register(happening: Happening) -> None:
    """Makes the entry of a decision that was activated. One of nothing but internal notes has none."""
    decision = happening.decision or decision_view(happening.decision_id, happening.at)
    if not content.public_measures(decision):
        return
    anonymous = content.is_anonymous(decision)
    entry = RegisterEntry.objects.create(
        decision_id=decision.id,
        anonymous=anonymous,
        publish=settings.FAIRPOST.register_publish,
        made_at=happening.at,
    )
    add_parties(entry, decision, happening.at)
    state(entry, "decided", happening.at, content.original(decision, anonymous, happening.at))


def amend_register(happening: Happening) -> None:
    """Adds the amendment to the decision's entry; it stands at the same level as the decision, above it."""
    entry = RegisterEntry.objects.filter(decision_id=decision_of(happening)).first()
    if entry is None:
        return
    # Amendments of one entry take turns, so that their numbers have no gaps.
    Decision.objects.select_for_update().filter(pk=entry.decision_id).first()
    decision = decision_view(entry.decision_id, happening.at)
    told = {each.id for each in content.public_measures(decision)}
    if happening.measure_id is not None and happening.measure_id not in told:
        return
    if happening.name == "coverage.extended":
        add_parties(entry, decision, happening.at)
    state(entry, AMENDMENTS[happening.name], happening.at, amendment(happening, decision, entry.anonymous))


def decision_of(happening: Happening) -> int | None:
    if happening.decision_id is not None or happening.measure_id is None:
        return happening.decision_id
    return Decision.objects.filter(measures=happening.measure_id).values_list("pk", flat=True).first()


def amendment(happening: Happening, decision: DecisionView, anonymous: bool) -> dict[str, Any]:
    """What an amendment says. Reasons that were written for the record or for the parties stay there."""
    detail = happening.detail
    said: dict[str, Any] = {"measure": happening.measure_id, "appeal": happening.appeal_id or detail.get("appeal")}
    with in_language("en"):
        said["public_reason"] = "" if anonymous else masked(str(detail.get("public_reason", "")))
    for name in ("since", "until", "outcome"):
        if isinstance(detail.get(name), str):
            said[name] = detail[name]
    if detail.get("within"):
        said["within"] = content.scope(detail["within"], anonymous)
    if happening.name == "measure.superseded":
        said["by"] = detail.get("by") or successor(decision.id)
    if happening.name == "coverage.extended":
        said["coverage"] = coverage_of(decision, anonymous, happening.measure_id)
    if happening.name == "appeal.decided" and was_split(decision, happening.appeal_id):
        said["coverage"] = coverage_of(decision, anonymous, None)
    return {name: value for name, value in said.items() if value not in (None, "", {})}


def coverage_of(decision: DecisionView, anonymous: bool, measure_id: int | None) -> dict[str, Any]:
    """The latest coverage statements by measure, of this one or of all."""
    return {
        str(each.id): content.coverage(each.coverage, anonymous)
        for each in content.public_measures(decision)
        if measure_id in (None, each.id)
    }


def was_split(decision: DecisionView, appeal_id: int | None) -> bool:
    """Whether the ruling on this appeal left somebody out of a measure that stays for the others."""
    acts = [act for each in decision.measures for act in each.acts]
    return any(each.act == "partly_overturned" and each.detail.get("appeal") == appeal_id for each in acts)


def successor(decision_id: int) -> int | None:
    """The decision that takes this one's place; whether its number is told depends on its own entry."""
    return Decision.objects.filter(supersedes_id=decision_id).aggregate(last=Max("pk"))["last"]


def add_parties(entry: RegisterEntry, decision: DecisionView, now: datetime) -> None:
    """Whoever is told of the decision, with a window for an appeal that runs from now; known ones stay as they are."""
    accounts, organisations = content.told(decision)
    known = RegisterParty.objects.filter(entry=entry).exclude(account_id=None)
    accounts -= set(known.values_list("account_id", flat=True))
    made = [party(entry, now, account(each).time_zone, account_id=each) for each in sorted(accounts)]
    made += [party(entry, now, ZONE, organisation_id=each) for each in sorted(organisations)]
    RegisterParty.objects.bulk_create(made, ignore_conflicts=True)


def party(entry: RegisterEntry, now: datetime, zone: str, **whom: int) -> RegisterParty:
    return RegisterParty(entry=entry, added_at=now, window_ends_at=window_ends_at(now, zone), **whom)


def state(entry: RegisterEntry, kind: str, at: datetime, said: dict[str, Any]) -> None:
    last = RegisterStatement.objects.filter(entry=entry).aggregate(last=Max("number"))["last"] or 0
    RegisterStatement.objects.create(entry=entry, number=last + 1, kind=kind, at=at, content=said)
