"""Builds tenants by the real actions: an account with its unit, people, joint senders, identities."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date

from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants import queries
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_identity import create_identity
from fairpost.tenants.actions.create_joint_sender import Participation, create_joint_sender
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actors import local_operator, person_actor

NUMBERS = itertools.count(1)
SINCE = date(2020, 1, 1)


@dataclass(frozen=True)
class Tenant:
    """An account and its default unit; `owner` is Ada (or Mallory) acting in it."""

    account_id: int
    unit_id: int
    owner: Actor


def make_account(slug: str = "", *, owner: str = "Ada", clock: Clock = SYSTEM_CLOCK) -> Tenant:
    """An account with an owner."""
    slug = slug or f"account{next(NUMBERS)}"
    account_id = create_account(
        actor=local_operator(), slug=slug, name=slug.title(), postal_address="1 Main Street", clock=clock
    )
    return Tenant(account_id, queries.unit(account_id, None).id, make_person(account_id, owner, "owner", clock=clock))


def make_person(
    account_id: int | None, name: str, role: str, *, unit_id: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Actor:
    """A person with one role, as actor."""
    created = create_person(
        actor=local_operator(),
        account_id=account_id,
        email=f"{name.lower()}{next(NUMBERS)}@example.org",
        name=name,
        role=role,
        unit_id=unit_id,
        clock=clock,
    )
    return person_actor(created.person_id, account_id=account_id, unit_id=unit_id)


def also_in(account_id: int | None, who: Actor, role: str) -> Actor:
    """The same person with a role in another place too, as actor there."""
    known = queries.person(who.account_id, who.person_id or 0)
    create_person(
        actor=local_operator(), account_id=account_id, email=known.email, name=known.name, role=role
    )
    return person_actor(known.id, account_id=account_id)


def make_joint_sender(tenant: Tenant, *names: str, clock: Clock = SYSTEM_CLOCK) -> tuple[int, list[int]]:
    """A joint sender of new organisations with these names: its id and theirs."""
    members = [
        create_organisation(actor=tenant.owner, account_id=tenant.account_id, name=name, clock=clock)
        for name in names or ("National Committee", "State Party")
    ]
    joint = create_joint_sender(
        actor=tenant.owner,
        account_id=tenant.account_id,
        name="Victory Fund",
        postal_address="2 Side Street",
        participants=[Participation(each, SINCE) for each in members],
        clock=clock,
    )
    return joint, members


def make_identity(
    tenant: Tenant, from_address: str = "news@example.org", *, signed: bool = False, **options: object
) -> int:
    """A sender identity; with `signed` its key is active, without asking DNS."""
    identity_id = create_identity(
        actor=local_operator(),
        account_id=tenant.account_id,
        from_address=from_address,
        **{"from_name": "News", **options},
    )
    if signed:
        for key in queries.identity_keys(tenant.account_id, identity_id):
            if key.state == "waiting":
                activate_dkim_key(
                    actor=local_operator(), account_id=tenant.account_id, key_id=key.id, force=True, reason="test"
                )
    return identity_id
