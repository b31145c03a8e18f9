"""Holds campaigns back: on record with every reason, until somebody releases or its sender confirms them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from fairpost.enforcement.catalogue.mechanisms import ON_TIME_OUT
from fairpost.enforcement.force.effective import Effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.snapshot import Overlay, Snapshot
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import Disposition, HeldCampaign, Measure, RiskPeriod
from fairpost.enforcement.ports import Mailing, mailings

ANEW = (
    "state", "reasons", "held_at", "review", "review_due_at", "on_time_out", "decided_at", "decided_by",
    "decided_reason", "confirmed_at", "confirmed_by",
)  # fmt: skip
REVIEW_HOURS = 24  # of a review to which nothing in force gives a deadline


def restricted(mailing: Mailing, snapshot: Snapshot | Overlay, now: datetime) -> Effective | None:
    """What keeps a campaign from being sent by decision of the platform; None where nothing does.

    A customer's own pause is no measure: it stops a campaign and holds nothing.
    """
    answer = snapshot.effective(mailing.subject, now)
    ours = [each for each in (*answer.denied, *answer.review) if each.source != "pause"]
    return answer if ours else None


def hold(
    found: Sequence[tuple[Mailing, Effective]], now: datetime, *, tell: bool = True
) -> list[tuple[int, int]]:
    """Holds started campaigns in the caller's transaction, each with a disposition that has all its reasons.

    With `tell` False their senders are told in another way: by the notice of the decision that does it.
    Those that are held already get another disposition where their reasons have grown. Returns the campaigns that were
    not held before.
    """
    started = [(each, answer) for each, answer in found if each.state != "scheduled"]
    known = {
        (row.account_id, row.campaign_id): row
        for row in HeldCampaign.objects.select_for_update().filter(
            campaign_id__in=[each.campaign_id for each, _answer in started]
        )
    }
    rows, lines = [], []
    for mailing, answer in started:
        key = (mailing.account_id, mailing.campaign_id)
        reasons = names(answer.reasons)
        row = known.get(key)
        if row is not None and row.state == "held" and row.confirmed_at is None:
            if not set(reasons) <= set(row.reasons):
                row.reasons = sorted({*row.reasons, *reasons})
                row.save(update_fields=["reasons"])
                lines.append(line(key, "held", row.reasons, now))
            continue
        rows.append(held_row(key, answer, reasons, now))
        lines.append(line(key, "held", reasons, now))
    HeldCampaign.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "campaign_id"], update_fields=ANEW
    )
    Disposition.objects.bulk_create(lines)
    fresh = [(each.account_id, each.campaign_id) for each in rows]
    mailings().hold(fresh, now)
    for account_id, campaign_id in fresh if tell else ():
        follow(Happening("campaign.held", now, account_id=account_id, detail={"campaign": campaign_id}))
    return fresh


def held_row(key: tuple[int, int], answer: Effective, reasons: list[str], now: datetime) -> HeldCampaign:
    review = not answer.denied
    due, default = review_terms(answer.review, now) if review else (None, "")
    return HeldCampaign(
        account_id=key[0], campaign_id=key[1], state="held", reasons=reasons, held_at=now, review=review,
        review_due_at=due, on_time_out=default,
    )  # fmt: skip


def dispose(campaign: tuple[int, int], effect: str, reasons: Iterable[str], now: datetime) -> None:
    """One line of record of what was withheld, held, released or blocked, and why."""
    line(campaign, effect, reasons, now).save()


def line(campaign: tuple[int, int], effect: str, reasons: Iterable[str], now: datetime) -> Disposition:
    return Disposition(
        account_id=campaign[0], campaign_id=campaign[1], at=now, effect=effect, reasons=list(reasons), recipients=None
    )


def names(forces: Iterable[Force]) -> list[str]:
    return [each.name for each in forces]


def review_terms(forces: Sequence[Force], now: datetime) -> tuple[datetime, str]:
    """Until when a person must have looked, and what happens then: the shortest deadline, the milder default."""
    mechanisms = [
        each.mechanism
        for each in Measure.objects.filter(pk__in=[f.source_id for f in forces if f.source == "measure"])
        if "deadline_hours" in each.mechanism
    ] + [
        {"deadline_hours": each.review_hours, "default": each.on_time_out}
        for each in RiskPeriod.objects.filter(pk__in=[f.source_id for f in forces if f.source == "period"])
    ]
    hours = min([each["deadline_hours"] for each in mechanisms], default=REVIEW_HOURS)
    defaults = {each["default"] for each in mechanisms} or {"release"}
    return now + timedelta(hours=hours), next(each for each in ON_TIME_OUT if each in defaults)
