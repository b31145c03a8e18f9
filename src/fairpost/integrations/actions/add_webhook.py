"""Names an address to which the account's events are posted from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.integrations.models import Webhook
from fairpost.integrations.outgoing.client import Outgoing
from fairpost.integrations.sealed_secrets import seal_secret, webhook_place
from fairpost.integrations.webhooks import positions
from fairpost.integrations.webhooks.event_types import checked_types
from fairpost.integrations.webhooks.signing import key_of, new_secret
from fairpost.integrations.webhooks.sources import campaigns
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import own_account, own_unit

MOST = 20  # of one account
LOCK_ACCOUNT = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks', %s))"


@dataclass(frozen=True, slots=True)
class AddedWebhook:
    """`secret` is shown this once; it signs every post."""

    id: int
    url: str
    events: tuple[str, ...]
    secret: str = field(repr=False)


def add_webhook(
    *,
    actor: Actor,
    account_id: int,
    url: str,
    events: Sequence[str],
    unit_id: int | None = None,
    secret: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AddedWebhook:
    """What happened before is not posted. `events` are types, or `contact.*`, or `*`; `unit_id` keeps it to one unit.

    Raises `Invalid` where no request may go to the address, and for an event type that does not exist; `Conflict`
    where the account has as many as it may have.
    """
    unit_id = actor.unit_id if unit_id is None else unit_id
    authorise(actor, "webhook.manage", account_id=account_id, unit_id=unit_id, act="webhook.add")
    own_account(account_id)
    if unit_id is not None:
        own_unit(account_id, unit_id)
    types = checked_types(events)
    secret = secret or new_secret()
    key_of(secret)
    Outgoing().check(url)  # asks DNS: before anything is locked
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_ACCOUNT, [account_id])
        row = write(cursor, account_id, unit_id, url, types, secret, clock)
        record(
            actor=actor,
            act="webhook.added",
            account_id=account_id,
            subject=f"webhook:{row.pk}",
            reason=reason,
            facts={"events": types, "unit_id": unit_id},
            clock=clock,
        )
    return AddedWebhook(row.pk, url, tuple(types), secret)


def write(
    cursor: object, account_id: int, unit_id: int | None, url: str, types: list[str], secret: str, clock: Clock
) -> Webhook:
    """The first one of an account begins to read from where everything stands now."""
    now = clock.now()
    others = Webhook.objects.filter(account_id=account_id).exclude(state="removed").count()
    if others >= MOST:
        raise Conflict(_("An account has at most {most} webhooks.").format(most=MOST), hint=_("Remove one first."))
    row = Webhook.objects.create(
        account_id=account_id,
        unit_id=unit_id,
        url=url,
        events=types,
        secret=b"",
        state_at=now,
        created_at=now,
        next_at=now,
    )
    row.secret = seal_secret(secret, webhook_place(account_id, row.pk))
    row.save(update_fields=["secret"])
    if not others:
        positions.begin(cursor, account_id, now)
        campaigns.begin(cursor, account_id)
    return row
