"""Adds a relay to a pool (made when it does not exist yet)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from fairpost.audit.actions import record
from fairpost.delivery.models import Relay, RelayPool
from fairpost.delivery.queries.relays import RelayRow, password_context, relay_row
from fairpost.delivery.reach.adapters import NO_ADAPTER, checked_access
from fairpost.delivery.reach.attend import secret_context
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.keyring import installation_keyring

HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


def create_relay(
    *,
    actor: Actor,
    name: str,
    host: str,
    port: int = 25,
    pool: str = "default",
    pool_account_id: int | None = None,
    tls: str = "starttls",
    verify: bool = True,
    ca_file: str = "",
    username: str = "",
    password: str = "",
    signs: bool = False,
    weight: int = 1,
    rate_per_second: float | None = None,
    max_connections: int | None = None,
    max_messages: int = 0,
    kind: str = NO_ADAPTER,
    queue: Mapping[str, str] | None = None,
    queue_secret: str = "",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> RelayRow:
    """Adds an SMTP server to send through. The password is kept encrypted under the key ring and never shown again.

    `kind`, `queue` and `queue_secret` say how its queue is reached; see `change_relay_queue`.
    """
    authorise(actor, "relay.manage")
    check_relay(name, host, port, tls, weight, rate_per_second, max_connections, username, password)
    access = checked_access(kind, queue or {}, queue_secret)
    now = clock.now()
    try:
        with transaction.atomic():
            home, _made = RelayPool.objects.get_or_create(
                name=pool, account_id=pool_account_id, defaults={"created_at": now}
            )
            relay = Relay.objects.create(
                pool=home,
                name=name,
                host=host,
                port=port,
                tls=tls,
                verify=verify,
                ca_file=ca_file,
                username=username,
                signs=signs,
                weight=weight,
                rate_per_second=rate_per_second,
                max_connections=max_connections,
                max_messages=max_messages,
                kind=kind,
                queue_access=access,
                state_at=now,
                created_at=now,
            )
            if password:
                relay.password_encrypted = installation_keyring().encrypt(password.encode(), password_context(relay.pk))
            if queue_secret:
                relay.queue_secret_encrypted = installation_keyring().encrypt(
                    queue_secret.encode(), secret_context(relay.pk)
                )
            relay.save(update_fields=["password_encrypted", "queue_secret_encrypted"])
            record(
                actor=actor,
                act="relay.created",
                account_id=pool_account_id,
                subject=f"relay:{relay.pk}",
                reason=reason,
                facts={"port": port, "tls": tls, "weight": weight, "kind": kind},
            )
    except IntegrityError:
        raise Conflict(
            _("The pool {pool} has a relay {name} already.").format(pool=pool, name=name), field="name"
        ) from None
    return relay_row(relay)


def check_relay(
    name: str,
    host: str,
    port: int,
    tls: str,
    weight: int,
    rate: float | None,
    connections: int | None,
    username: str,
    password: str,
) -> None:
    if not name or not name.isprintable() or len(name) > 100:
        raise Invalid(_("A relay needs a name of 1 to 100 printable characters."), field="name")
    if not HOST.fullmatch(host):
        raise Invalid(_("{host!r} is not a host name or address.").format(host=host), field="host")
    if not 1 <= port <= 65535:
        raise Invalid(_("The port must be between 1 and 65535, not {port}.").format(port=port), field="port")
    if tls not in ("none", "starttls", "tls"):
        raise Invalid(_("TLS must be none, starttls or tls, not {tls!r}.").format(tls=tls), field="tls")
    if not 1 <= weight <= 1000:
        raise Invalid(_("The weight must be between 1 and 1000, not {weight}.").format(weight=weight), field="weight")
    if rate is not None and not 0 < rate <= 1_000_000:
        raise Invalid(_("The rate must be more than 0 messages a second."), field="rate_per_second")
    if connections is not None and connections < 1:
        raise Invalid(_("A relay needs at least one connection."), field="max_connections")
    if bool(username) != bool(password):
        raise Invalid(_("A user name and a password belong together."), field="username")
    if any(ord(character) < 32 for character in username + password):
        raise Invalid(_("User name and password may not hold control characters."), field="username")
