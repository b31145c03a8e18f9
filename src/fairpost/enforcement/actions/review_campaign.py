"""A person looks at a campaign that waits for review: releases it, blocks it, or returns it to its sender.

What nobody looks at in time gets what its measure stated beforehand.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.catalogue.states import HELD_CAMPAIGN
from fairpost.enforcement.force.store import current
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.holding import dispose, names, restricted
from fairpost.enforcement.models import Clearance, HeldCampaign
from fairpost.enforcement.ports import Mailing, mailings
from fairpost.enforcement.queries.dispositions import HeldView, view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

VERDICTS = {"release": "released", "block": "blocked", "return": "returned"}
MACHINE = Actor(name="review", via="system")


def review_campaign(
    *, actor: Actor, account_id: int, campaign_id: int, verdict: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> HeldView:
    """Ends the review of a held campaign, with a reason that its sender is told.

    `release` clears its very content and lets it go on, unless something else holds it; `block` and `return` end it:
    whoever was not written to is withheld. A returned one can be changed and sent anew.
    """
    authorise(actor, "clearance.write")
    acting_person(actor)
    if verdict not in VERDICTS:
        raise Invalid(
            _("There is no verdict {verdict}.").format(verdict=repr(verdict)),
            field="verdict",
            hint=_("Choose one of {all}.").format(all=", ".join(VERDICTS)),
        )
    if not reason.strip():
        raise Invalid(_("Say why: the sender is told."), field="reason")
    with transaction.atomic():
        row = held_row(account_id, campaign_id)
        return view(decide(actor, row, VERDICTS[verdict], reason, clock.now()))


def end_overdue_reviews(clock: Clock = SYSTEM_CLOCK) -> int:
    """Gives every review that is past its deadline what its measure stated for that case. Returns how many."""
    now = clock.now()
    due = HeldCampaign.objects.filter(state="held", review=True, review_due_at__lte=now, confirmed_at=None)
    count = 0
    for number in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            row = HeldCampaign.objects.select_for_update(skip_locked=True).filter(pk=number, state="held").first()
            if row is not None:
                decide(MACHINE, row, VERDICTS[row.on_time_out], _("nobody reviewed it in time"), now)
                count += 1
    return count


def decide(actor: Actor, row: HeldCampaign, state: str, reason: str, now: datetime) -> HeldCampaign:
    if state not in HELD_CAMPAIGN[row.state] or row.confirmed_at is not None:
        raise Conflict(
            _("Campaign {campaign} is {state}: it cannot be reviewed.").format(
                campaign=row.campaign_id, state=state_in_words(row.state)
            )
        )
    if not row.review:
        raise Conflict(
            _("Campaign {campaign} is held by a restriction, not for a review.").format(campaign=row.campaign_id),
            hint=_("Lift what holds it, or decide an appeal."),
        )
    key = (row.account_id, row.campaign_id)
    row.state, row.decided_at, row.decided_by_id, row.decided_reason = state, now, actor.person_id, reason
    if state == "released":
        release(actor, row, key, reason, now)
    else:
        row.confirmed_at = now
        mailings().block([key], f"{state_in_words(state)}: {reason}", now)
        mailings().raise_epoch()
    row.save()
    dispose(key, state, row.reasons, now)
    follow(Happening("campaign.reviewed", now, account_id=key[0], detail={"campaign": key[1], "state": state}))
    record(
        actor=actor, act=f"campaign.{state}", account_id=key[0], subject=f"campaign:{key[1]}", reason=reason
    )
    return row


def release(actor: Actor, row: HeldCampaign, key: tuple[int, int], reason: str, now: datetime) -> None:
    """Clears the content; what else holds the campaign goes on holding it."""
    mailing = next((each for each in mailings().all([key[0]]) if each.campaign_id == key[1]), None)
    if mailing is None:
        raise NotFound(_("There is no campaign {campaign}.").format(campaign=key[1]))
    clear(actor, mailing, reason, now)
    mailings().classify()
    cleared = next(each for each in mailings().all([key[0]]) if each.campaign_id == key[1])
    answer = restricted(cleared, current(), now)
    if answer is None:
        row.confirmed_at, row.confirmed_by = now, actor.name
        mailings().release([key], now)
    else:
        row.state, row.review, row.reasons = "held", False, names(answer.reasons)


def clear(actor: Actor, mailing: Mailing, reason: str, now: datetime) -> None:
    """On record as a clearance of this very content in this account; by whoever reviewed, or by its time-out."""
    (content,) = mailing.subject.facets["content"]
    Clearance.objects.create(
        account_id=mailing.account_id,
        content_hash=content,
        cleared_by_id=actor.person_id,
        cleared_at=now,
        reason=reason,
    )


def held_row(account_id: int, campaign_id: int) -> HeldCampaign:
    row = HeldCampaign.objects.select_for_update().filter(account_id=account_id, campaign_id=campaign_id).first()
    if row is None:
        raise NotFound(_("There is no held campaign {campaign}.").format(campaign=campaign_id))
    return row
