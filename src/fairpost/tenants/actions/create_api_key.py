"""Makes a key by which a program or a person acts, with no more rights than its maker has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Forbidden, Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.api_keys import key_text, new_secret, secret_hash
from fairpost.tenants.authorise import authorise
from fairpost.tenants.capabilities import CAPABILITIES
from fairpost.tenants.models import ApiKey
from fairpost.tenants.personal_keys import check_own_key, limits
from fairpost.tenants.scope import own_account, own_unit


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """`key` is shown this once and kept nowhere."""

    id: int
    key: str = field(repr=False)


@transaction.atomic
def create_api_key(
    *,
    actor: Actor,
    account_id: int | None,
    name: str,
    capabilities: Collection[str] = (),
    unit_id: int | None = None,
    person_id: int | None = None,
    expires_at: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> IssuedKey:
    """Without account the key is the installation's and reaches every account.

    With `person_id` it is that person's own: only they make it (or the administrator of the machine), and without
    capabilities it does whatever they may do at each moment. Raises `Invalid` for unknown capabilities, none, or a
    past end, `Forbidden` for any that the actor lacks and for another person's key.
    """
    if person_id is None:
        check_place(actor, account_id, unit_id)
        wanted = set(capabilities)
        check_scope(actor, wanted, account_id)
    else:
        unit_id = actor.unit_id if unit_id is None else unit_id
        person = check_own_key(actor, account_id, unit_id, person_id)
        wanted = limits(actor, capabilities)
        check_known(wanted)
        check_not_more(wanted, person.capabilities & actor.capabilities)
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid(_("The key would have expired already."), field="expires_at")
    secret = new_secret()
    key = ApiKey.objects.create(
        account_id=account_id,
        unit_id=unit_id,
        person_id=person_id,
        name=single_line(name, "name", 100),
        secret_hash=secret_hash(secret),
        capabilities=sorted(wanted),
        created_by_id=actor.person_id,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    record(
        actor=actor,
        act="api_key.created",
        account_id=account_id,
        subject=f"api_key:{key.id}",
        reason=reason,
        facts={
            "capabilities": key.capabilities,
            "unit_id": unit_id,
            "person_id": person_id,
            "expires_at": expires_at and str(expires_at),
        },
        clock=clock,
    )
    return IssuedKey(key.id, key_text(key.id, secret))


def check_place(actor: Actor, account_id: int | None, unit_id: int | None) -> None:
    if account_id is None:
        authorise(actor, "installation.manage")
        if unit_id is not None:
            raise Invalid(_("A business unit needs its account."), field="unit_id")
        return
    authorise(actor, "keys.manage", account_id=account_id, unit_id=unit_id, act="api_key.create")
    own_account(account_id)
    if unit_id is not None:
        own_unit(account_id, unit_id)


def check_scope(actor: Actor, wanted: set[str], account_id: int | None) -> None:
    if not wanted:
        raise Invalid(_("A key needs at least one capability."), field="capabilities")
    check_known(wanted)
    if "installation.manage" in wanted and account_id is not None:
        raise Invalid(_("A key of one account cannot manage the installation."), field="capabilities")
    check_not_more(wanted, actor.capabilities)


def check_known(wanted: set[str]) -> None:
    if unknown := wanted - set(CAPABILITIES):
        raise Invalid(
            _("There is no capability {name}.").format(name=repr(min(unknown))),
            field="capabilities",
            hint=_("See docs/reference/roles.md."),
        )


def check_not_more(wanted: set[str], held: frozenset[str]) -> None:
    if more := wanted - held:
        raise Forbidden(_("A key cannot have more rights than you: {more}.").format(more=", ".join(sorted(more))))
