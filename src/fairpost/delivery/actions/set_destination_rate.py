"""Limits how fast all senders together write to one mailbox provider or domain."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


def set_destination_rate(
    *, actor: Actor, destination: str, per_second: float | None, reason: str | None = None
) -> None:
    """Sets the rate of `destination` (a provider's name or a domain) in messages/s; None takes the limit away."""
    authorise(actor, "relay.manage")
    destination = destination.strip().lower()
    if not destination or not destination.isprintable() or len(destination) > 253:
        raise Invalid(_("Name a mailbox provider or a domain."), field="destination")
    if per_second is not None and not 0 < per_second <= 1_000_000:
        raise Invalid(_("The rate must be more than 0 messages a second."), field="per_second")
    with transaction.atomic(), connection.cursor() as cursor:
        if per_second is None:
            cursor.execute("DELETE FROM destination_rate WHERE destination = %s", [destination])
        else:
            cursor.execute(
                "INSERT INTO destination_rate (destination, per_second) VALUES (%s, %s)"
                " ON CONFLICT (destination) DO UPDATE SET per_second = EXCLUDED.per_second",
                [destination, per_second],
            )
        record(
            actor=actor,
            act="destination_rate.set",
            account_id=None,
            subject=f"destination:{destination}",
            reason=reason,
            facts={"per_second": per_second},
        )
