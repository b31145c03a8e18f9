"""How many people must look at a measure before it comes into force, chains of short ones included."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from fairpost.enforcement.catalogue.durations import duration_from_json, term
from fairpost.enforcement.catalogue.measures import LONG
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.enforcement.models import Evidence, Measure

ONE_AT_A_TIME = 0x5A3E_B0D2  # of this installation's advisory locks: two short ones at once must see one another


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
    their sum passes the limit. The same facts: the same case, a shared piece of evidence or what it was taken from, or
    a shared campaign.
    """
    eyes = draft.of.four_eyes
    if eyes != "long":
        return eyes
    own = term(draft.duration, now)
    if own is None:
        return "yes"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    total = own + sum(
        (spent(each, now) for each in chained(draft.kind, case_id, campaigns, accounts)), timedelta(0)
    )
    return "yes" if total > LONG else "no"


def chained(
    kind: str, case_id: int, campaigns: Collection[tuple[int, int]], accounts: Collection[int]
) -> list[Measure]:
    """Earlier measures of this kind on the same subject and the same facts."""
    own = Evidence.objects.filter(case_id=case_id)
    alike = Evidence.objects.filter(
        Q(sha256__in=own.values("sha256")) | Q(reference__in=own.exclude(reference="").values("reference"))
    ).values("case_id")
    same = Q(decision__case_id=case_id) | Q(decision__case_id__in=alike)
    for each in campaigns:
        same |= Q(decision__campaigns__contains=[list(each)])
    found = Measure.objects.filter(same, kind=kind).prefetch_related("acts", "coverage")
    return [each for each in found if covered_accounts(each) & set(accounts)]


def covered_accounts(measure: Measure) -> set[int]:
    latest = max(measure.coverage.all(), key=lambda each: each.revision, default=None)
    return {each["id"] for each in latest.statement["covered"]["accounts"]} if latest else set()


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
