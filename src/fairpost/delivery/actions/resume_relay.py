"""Puts a stopped relay back to work, or takes a relay out of work."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.delivery.gate.stop import wake_senders
from fairpost.delivery.models import Relay
from fairpost.delivery.queries.relays import RelayRow, password_context, relay_row
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.keyring import installation_keyring


def resume_relay(
    *,
    actor: Actor,
    relay_id: int,
    password: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> RelayRow:
    """Clears the stop of a relay, with a new password where the old one had expired."""
    authorise(actor, "relay.manage")
    return set_state(actor, relay_id, Relay.State.ACTIVE, reason or "", "relay.resumed", clock, password)


def stop_relay(
    *, actor: Actor, relay_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> RelayRow:
    """Takes a relay out of use; senders close their connections to it within seconds."""
    authorise(actor, "relay.manage")
    return set_state(
        actor, relay_id, Relay.State.STOPPED, reason or "stopped by hand", "relay.stopped", clock, None
    )


def set_state(
    actor: Actor, relay_id: int, state: str, reason: str, act: str, clock: Clock, password: str | None
) -> RelayRow:
    with transaction.atomic():
        relay = (
            Relay.objects.select_for_update(of=("self",)).select_related("pool").filter(pk=relay_id).first()
        )
        if relay is None:
            raise NotFound(_("There is no relay {relay}.").format(relay=relay_id))
        relay.state, relay.state_reason, relay.state_at = state, reason, clock.now()
        if password is not None:
            relay.password_encrypted = installation_keyring().encrypt(
                password.encode(), password_context(relay.pk)
            )
        relay.save()
        record(actor=actor, act=act, account_id=None, subject=f"relay:{relay.pk}", reason=reason or None)
        with connection.cursor() as cursor:
            wake_senders(cursor)
    return relay_row(relay)
