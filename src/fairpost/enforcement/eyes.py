"""How many people must look at a measure before it comes into force, chains of short ones included."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from fairpost.enforcement.catalogue.durations import duration_from_json, term
from fairpost.enforcement.catalogue.measures import LONG
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.enforcement.models import Decision, Evidence, Measure


def eyes_for(
    draft: MeasureDraft,
    *,
    case_id: int,
    campaigns: Collection[tuple[int, int]],
    accounts: Collection[int],
    now: datetime,
) -> str:
    """`no`, `yes` or `after`. `accounts` are those that the measure covers.

    Terms on one subject and the same facts add up, so that a chain of short measures needs the second person once
    their sum passes the limit. The same facts: the same case, a shared piece of evidence, or a shared campaign.
    """
    eyes = draft.of.four_eyes
    if eyes != "long":
        return eyes
    own = term(draft.duration, now)
    if own is None:
        return "yes"
    total = own + sum(
        (spent(each, now) for each in chained(draft.kind, case_id, campaigns, accounts)), timedelta(0)
    )
    return "yes" if total > LONG else "no"


def chained(
    kind: str, case_id: int, campaigns: Collection[tuple[int, int]], accounts: Collection[int]
) -> list[Measure]:
    """Earlier measures of this kind on the same subject and the same facts."""
    found = []
    hashes = set(Evidence.objects.filter(case_id=case_id).values_list("sha256", flat=True))
    for each in Measure.objects.filter(kind=kind).select_related("decision").prefetch_related("acts", "coverage"):
        if covered_accounts(each) & set(accounts) and same_facts(each.decision, case_id, hashes, campaigns):
            found.append(each)
    return found


def covered_accounts(measure: Measure) -> set[int]:
    latest = max(measure.coverage.all(), key=lambda each: each.revision, default=None)
    return {each["id"] for each in latest.statement["covered"]["accounts"]} if latest else set()


def same_facts(
    decision: Decision, case_id: int, hashes: set[str], campaigns: Collection[tuple[int, int]]
) -> bool:
    if decision.case_id == case_id:
        return True
    if {tuple(each) for each in decision.campaigns} & set(campaigns):
        return True
    return bool(hashes) and Evidence.objects.filter(case_id=decision.case_id, sha256__in=hashes).exists()


def spent(measure: Measure, now: datetime) -> timedelta:
    """How long it was, or may be, in force."""
    acts = {each.act: each.at for each in measure.acts.all()}
    if acts.keys() & {"rejected", "withdrawn"}:
        return timedelta(0)
    duration = duration_from_json(measure.duration)
    begun = duration.starts_at or acts.get("activated", now)
    ends = [at for act, at in acts.items() if act in ("lifted", "overturned", "superseded")]
    end = min([*ends, *([duration.ends_at] if duration.ends_at else [])], default=None)
    return timedelta(0) if end is None else max(end - begun, timedelta(0))
