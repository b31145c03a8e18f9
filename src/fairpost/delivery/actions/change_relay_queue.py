"""Says how the queue of a relay is reached, so that what it accepted and still queues can be held there."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.delivery.models import Relay
from fairpost.delivery.queries.relays import RelayRow, relay_row
from fairpost.delivery.reach.adapters import NO_ADAPTER, checked_access
from fairpost.delivery.reach.attend import queue_relay, secret_context
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.keyring import installation_keyring


def change_relay_queue(
    *,
    actor: Actor,
    relay_id: int,
    kind: str,
    queue: Mapping[str, str] | None = None,
    queue_secret: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> RelayRow:
    """Changes kind and access as a whole; what is not given has its default. Without a secret the old one stays.

    `kind` smtp takes the access away: what is held then stays on hold in the relay, and nobody here lets it go.
    """
    authorise(actor, "relay.manage")
    with transaction.atomic():
        relay = Relay.objects.select_for_update(of=("self",)).select_related("pool").filter(pk=relay_id).first()
        if relay is None:
            raise NotFound(_("There is no relay {relay}.").format(relay=relay_id))
        if queue_secret is None:
            queue_secret = queue_relay(relay).secret if kind == relay.kind != NO_ADAPTER else ""
        relay.queue_access = checked_access(kind, queue or {}, queue_secret)
        relay.kind = kind
        relay.queue_secret_encrypted = (
            installation_keyring().encrypt(queue_secret.encode(), secret_context(relay.pk)) if queue_secret else b""
        )
        relay.save(update_fields=["kind", "queue_access", "queue_secret_encrypted"])
        record(
            actor=actor,
            act="relay.queue_changed",
            account_id=None,
            subject=f"relay:{relay.pk}",
            reason=reason,
            facts={"kind": kind},
        )
    return relay_row(relay)
