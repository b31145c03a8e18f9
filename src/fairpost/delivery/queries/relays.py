"""Relays as senders and people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from fairpost.delivery.models import Relay, RelayPool
from fairpost.engine.ports import RelayAddress
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring


@dataclass(frozen=True, slots=True)
class RelayRow:
    """A relay without its secrets. `kind` names the adapter that reaches its queue, `queue` what that needs."""

    id: int
    name: str
    pool: str
    host: str
    port: int
    tls: str
    verify: bool
    username: str
    signs: bool
    weight: int
    rate_per_second: float | None
    max_connections: int | None
    state: str
    state_reason: str
    kind: str
    queue: dict[str, str]


@dataclass(frozen=True, slots=True)
class RelayToUse:
    """A relay as a sender uses it; the password is in `address` and is not shown by repr."""

    id: int
    pool_id: int
    address: RelayAddress
    weight: int
    rate_per_second: float | None
    max_connections: int | None


def relay_row(relay: Relay) -> RelayRow:
    return RelayRow(
        id=relay.pk,
        name=relay.name,
        pool=relay.pool.name,
        host=relay.host,
        port=relay.port,
        tls=relay.tls,
        verify=relay.verify,
        username=relay.username,
        signs=relay.signs,
        weight=relay.weight,
        rate_per_second=relay.rate_per_second,
        max_connections=relay.max_connections,
        state=relay.state,
        state_reason=relay.state_reason,
        kind=relay.kind,
        queue=dict(relay.queue_access),
    )


def relays() -> list[RelayRow]:
    """Every relay of the installation."""
    return [relay_row(each) for each in Relay.objects.select_related("pool").order_by("pool__name", "name")]


def pool_for(account_id: int, pool_id: int | None = None) -> int:
    """The pool that an account's campaign goes through: the one asked for, its own, or the installation's.

    Raises NotFound for a pool of another account, and where there is no pool at all.
    """
    if pool_id is not None:
        pool = RelayPool.objects.filter(pk=pool_id).first()
        if pool is None or pool.account_id not in (None, account_id):
            raise NotFound(_("There is no relay pool {pool}.").format(pool=pool_id))
        return pool.pk
    own = RelayPool.objects.filter(account_id=account_id).order_by("pk").first()
    pool = own or RelayPool.objects.filter(account_id=None).order_by("pk").first()
    if pool is None:
        raise NotFound(
            _("There is no relay to send through."),
            hint=_("Add one: fairpost relay create NAME --host HOST."),
        )
    return pool.pk


def pool_named(account_id: int, name: str) -> int:
    """The number of the pool with this name or number that the account may use. Raises NotFound."""
    usable = RelayPool.objects.filter(Q(account_id=account_id) | Q(account_id=None))
    pool = usable.filter(name=name).order_by("-account_id").first()
    if pool is None:
        return pool_for(account_id, int(name) if name.isdecimal() else 0)
    return pool.pk


def pool_is_stopped(pool_id: int) -> list[str]:
    """The reasons why nothing of a pool works, or an empty list while one relay of it does."""
    found = list(Relay.objects.filter(pool_id=pool_id))
    if any(each.state == Relay.State.ACTIVE for each in found):
        return []
    return [f"{each.name}: {each.state_reason}" for each in found] or [_("the pool has no relay")]


def pool_signs(pool_id: int) -> bool:
    """Whether every relay of a pool adds DKIM signatures itself."""
    found = Relay.objects.filter(pool_id=pool_id)
    return found.exists() and not found.filter(signs=False).exists()


def relay_ids_of_pool(connection: Any, pool_id: int) -> list[int]:
    """Numbers of all relays of a pool, stopped ones included (they may be resumed while a campaign runs)."""
    return [row[0] for row in connection.execute("SELECT id FROM relay WHERE pool_id = %s", [pool_id])]


def relays_to_use(helo: str) -> list[RelayToUse]:
    """Every active relay with what is needed to connect to it."""
    keyring = None
    found = []
    for relay in Relay.objects.filter(state=Relay.State.ACTIVE).order_by("pk"):
        password = ""
        if relay.password_encrypted:
            keyring = keyring or installation_keyring()
            password = keyring.decrypt(bytes(relay.password_encrypted), password_context(relay.pk)).decode()
        address = RelayAddress(
            host=relay.host,
            port=relay.port,
            tls=relay.tls,
            verify=relay.verify,
            username=relay.username,
            password=password,
            helo=helo,
            max_messages=relay.max_messages,
            ca_file=relay.ca_file,
        )
        found.append(
            RelayToUse(
                relay.pk, relay.pool_id, address, relay.weight, relay.rate_per_second, relay.max_connections
            )
        )
    return found


def password_context(relay_id: int) -> bytes:
    """Binds an encrypted password to its relay, so that it cannot be moved to another one."""
    return f"relay-password:{relay_id}".encode()
