"""After a canary the rest of a campaign goes out: by itself when nothing is wrong, else by its sender's word."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.campaigns.queries.campaigns import CampaignStatus, campaign_row, campaign_status
from fairpost.delivery.actions.canary import begin_wait, keep_back, let_go
from fairpost.delivery.queries.canaries import CanaryRow, canary, waiting_canaries
from fairpost.events.watch.judge import trouble_of_campaign
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

MACHINE = Actor(name="canary", via="system")
WAITS = ("sending", "waiting", "troubled")


def release_canary(
    *, actor: Actor, account_id: int, campaign_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> CampaignStatus:
    """Sends to the rest now, whatever the canary showed. Raises Conflict where nothing waits behind a canary.

    What is in force on the campaign holds for the rest as well: this lifts no brake.
    """
    authorise(actor, "campaign.send", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    row = campaign_row(actor, account_id, campaign_id)
    authorise(actor, "campaign.send", account_id=account_id, unit_id=row.unit_id, act="campaign.send")
    with transaction.atomic():
        before = canary(account_id, campaign_id)
        with connection.cursor() as cursor:
            if not let_go(cursor, account_id, campaign_id, "released", WAITS, reason or "", now):
                raise Conflict(_("Nothing of the campaign {name} waits behind a canary.").format(name=repr(row.name)))
        record(
            actor=actor,
            act="campaign.canary_released",
            account_id=account_id,
            subject=f"campaign:{campaign_id}",
            reason=reason,
            facts={"canary": before.size, "was": before.state} if before else {},
            clock=clock,
        )
    return campaign_status(actor, account_id, campaign_id)


def let_canaries_go_on(clock: Clock = SYSTEM_CLOCK) -> int:
    """Looks at every campaign whose rest waits, and says how many were let go or kept back; a periodic job."""
    return sum(go_on(each, clock) for each in waiting_canaries() if each.dispatch_state == "running")


def go_on(row: CanaryRow, clock: Clock) -> bool:
    now = clock.now()
    if row.state == "troubled":
        return False
    trouble = trouble_of_campaign(row.account_id, row.campaign_id, now)
    if trouble is not None:
        return settle(row, clock, kept_back=trouble.sentence)
    if row.state == "sending":
        with transaction.atomic(), connection.cursor() as cursor:
            begin_wait(cursor, row.account_id, row.campaign_id, now)
        return False
    if row.until is None or now < row.until:
        return False
    return settle(row, clock)


@transaction.atomic
def settle(row: CanaryRow, clock: Clock, kept_back: str = "") -> bool:
    """Lets the rest go, or keeps it back with the reason; on record either way."""
    now = clock.now()
    with connection.cursor() as cursor:
        if kept_back:
            done = keep_back(cursor, row.account_id, row.campaign_id, kept_back)
        else:
            done = let_go(cursor, row.account_id, row.campaign_id, "passed", ("waiting",), "", now)
    if done:
        record(
            actor=MACHINE,
            act="campaign.canary_kept_back" if kept_back else "campaign.canary_passed",
            account_id=row.account_id,
            subject=f"campaign:{row.campaign_id}",
            reason=kept_back or None,
            facts={"canary": row.size},
            clock=clock,
        )
    return done
