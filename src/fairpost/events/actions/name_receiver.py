"""Says which organisation a platform means by a name; what was received under that name goes there, past gifts too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.events.donations.cards import refuse_card
from fairpost.events.donations.lines import PLATFORM
from fairpost.events.donations.rebuild import rebuild
from fairpost.events.donations.turn import take_turn
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.organisations import organisation
from fairpost.tenants.queries.receivers import Receivers, receivers

STEP = 1000
# By the primary key.
SET = """
    INSERT INTO donation_receiver (account_id, platform, receiver, organisation_id, set_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (account_id, platform, receiver) DO UPDATE
    SET organisation_id = EXCLUDED.organisation_id, set_at = EXCLUDED.set_at"""
# By the primary key's prefix.
ORDERS = """
    SELECT DISTINCT platform, order_id FROM donation
    WHERE account_id = %s AND platform = %s AND (receiver = %s OR designated = %s)"""


@dataclass(frozen=True, slots=True)
class NamedReceiver:
    """What a platform's name means now, and how many orders were divided anew."""

    platform: str
    receiver: str
    organisation_id: int
    organisation: str
    orders: int


@transaction.atomic
def name_receiver(
    *,
    actor: Actor,
    account_id: int,
    platform: str,
    receiver: str,
    organisation_id: int,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> NamedReceiver:
    """From now on `receiver` on `platform` is that organisation of the account; raises `NotFound` for another's."""
    authorise(actor, "donation.write", account_id=account_id, act="donation.receiver")
    refuse_card(receiver, "receiver")
    receiver = single_line(receiver, "receiver")
    if not PLATFORM.fullmatch(platform):
        raise Invalid(
            _("The platform is named by small letters, digits, dots and hyphens, at most 40."), field="platform"
        )
    meant = organisation(account_id, organisation_id)
    now = clock.now()
    with connection.cursor() as cursor:
        count = set_receiver(cursor, account_id, platform, receiver, meant.id, now, receivers(account_id))
    record(
        actor=actor,
        act="donation.receiver_named",
        account_id=account_id,
        subject=f"organisation:{meant.id}",
        reason=reason,
        facts={"platform": platform, "orders": count},
        clock=clock,
    )
    return NamedReceiver(platform, receiver, meant.id, meant.name, count)


def set_receiver(
    cursor: Any,
    account_id: int,
    platform: str,
    receiver: str,
    organisation_id: int,
    now: datetime,
    known: Receivers,
) -> int:
    take_turn(cursor, account_id, now)
    cursor.execute(SET, [account_id, platform, receiver, organisation_id, now])
    cursor.execute(ORDERS, [account_id, platform, receiver, receiver])
    orders = cursor.fetchall()
    waiting = iter(orders)
    while step := list(islice(waiting, STEP)):
        rebuild(cursor, account_id, step, known, settings.FAIRPOST.donation_window_days)
    return len(orders)
