"""Donations line by line as they stand, the newest first, with what is stated of none yet."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.delivery.queries.mailed import mailed
from fairpost.events.donations.amounts import write_amount
from fairpost.events.donations.attribution import in_words
from fairpost.events.donations.splitting import NOTES, UNKNOWN
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.receivers import receivers

# By the index donation_at, from its end.
LINES = """
SELECT at, platform, order_id, line_item, currency, amount, refunded, charged_back, excess, receiver, organisation_id,
       joint_sender_id, reference, campaign_id, reason, recurring, plan, sequence, cancelled_at, note, statements
FROM donation
WHERE account_id = %(account)s
  AND (%(campaign)s::integer IS NULL OR campaign_id = %(campaign)s)
  AND (%(unit)s::integer IS NULL OR unit_id = %(unit)s)
  AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
  AND (%(at)s::timestamptz IS NULL
       OR (at, platform, order_id, line_item) < (%(at)s, %(platform)s, %(order)s, %(item)s))
ORDER BY at DESC, platform DESC, order_id DESC, line_item DESC LIMIT %(limit)s
"""
# By the primary keys.
WAITING = """
SELECT count(*) FROM donation_event AS e
WHERE e.account_id = %(account)s AND e.kind <> 'donation' AND NOT EXISTS (
    SELECT FROM donation AS d WHERE d.account_id = e.account_id AND d.platform = e.platform
      AND d.order_id = e.order_id AND e.line_item IN (d.line_item, '*'))
"""


@dataclass(frozen=True, slots=True)
class DonationRow:
    """One line. Amounts are decimal texts of its currency; `attribution` says why it has no campaign, or nothing.

    `notes` say what of it needs a look; `statements` is how many different ones a platform made of it.
    """

    place: str
    platform: str
    order_id: str
    line_item: str
    at: datetime
    currency: str
    amount: str
    refunded: str
    charged_back: str
    net: str
    excess: str
    receiver: str
    organisation_id: int | None
    organisation: str
    joint_sender_id: int | None
    reference: str
    campaign_id: int | None
    attribution: str
    recurring: bool
    plan: str
    sequence: int | None
    cancelled_at: datetime | None
    notes: tuple[str, ...]
    statements: int


def donations(
    actor: Actor,
    account_id: int,
    *,
    campaign_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: str = "",
    limit: int = 100,
) -> list[DonationRow]:
    """Lines from `since` until, not including, `until`; those older than the place `before`. An actor of one unit sees
    what its unit's campaigns brought."""
    authorise(actor, "donation.read", account_id=account_id, unit_id=actor.unit_id)
    if campaign_id is not None:
        check_campaign(actor, account_id, campaign_id)
    at, platform, order, item = read_place(before)
    wanted = {
        "account": account_id, "campaign": campaign_id, "unit": actor.unit_id, "since": since, "until": until,
        "at": at, "platform": platform, "order": order, "item": item, "limit": limit,
    }  # fmt: skip
    names = receivers(account_id).names
    with connection.cursor() as cursor:
        cursor.execute(LINES, wanted)
        return [row_of(row, names) for row in cursor.fetchall()]


def check_campaign(actor: Actor, account_id: int, campaign_id: int) -> None:
    """Raises `NotFound` for a campaign of another account or unit, and for one that was not sent."""
    found = mailed(account_id, [campaign_id]).get(campaign_id)
    if found is None or actor.unit_id not in (None, found.unit_id):
        raise NotFound(_("There is no campaign {campaign} that was sent.").format(campaign=campaign_id))


def changes_waiting(account_id: int) -> int:
    """How many refunds and other changes came for lines that no donation was stated for; for those who may see all."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"account": account_id})
        return cursor.fetchone()[0]


def row_of(row: tuple[Any, ...], names: Any) -> DonationRow:
    at, platform, order, item, currency, amount, refunded, charged_back, excess, receiver, organisation, *rest = row
    joint, reference, campaign, reason, recurring, plan, sequence, cancelled_at, note, statements = rest
    money = [write_amount(each, currency) for each in (amount, refunded, charged_back)]
    return DonationRow(
        write_place(at, platform, order, item), platform, order, item, at, currency, *money,
        write_amount(amount - refunded - charged_back, currency), write_amount(excess, currency), receiver,
        None if organisation == UNKNOWN else organisation, names.get(organisation, ""), joint, reference, campaign,
        in_words(reason), recurring, plan, sequence, cancelled_at,
        tuple(_(NOTES[each]) for each in note.split(",") if each), statements,
    )  # fmt: skip


def write_place(at: datetime, platform: str, order: str, item: str) -> str:
    text = json.dumps([at.isoformat(), platform, order, item], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_place(place: str) -> tuple[datetime | None, str, str, str]:
    """What `write_place` wrote; nothing where the place is empty. Raises `Invalid` for anything else."""
    if not place:
        return None, "", "", ""
    try:
        raw = base64.urlsafe_b64decode(place + "=" * (-len(place) % 4))
        at, platform, order, item = json.loads(raw)
        found = datetime.fromisoformat(at)
        if found.tzinfo is None or "\0" in platform + order + item:
            raise ValueError(place)
    except (ValueError, TypeError):
        raise Invalid(_("This is no place in the list."), field="before", hint=_("Take it from `next`.")) from None
    return found, platform, order, item
