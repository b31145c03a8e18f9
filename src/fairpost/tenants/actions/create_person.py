"""Adds a person with a first role; someone who is known here already only gains the role."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import single_line
from fairpost.tenants.actions.grant_role import role_capability, write_role
from fairpost.tenants.authorise import authorise
from fairpost.tenants.domains import mail_address
from fairpost.tenants.models import Person
from fairpost.tenants.naming import known_language
from fairpost.tenants.passwords import hash_password


@dataclass(frozen=True, slots=True)
class PersonCreated:
    """`known`: the address belonged to someone already, whose name, language and password stayed theirs."""

    person_id: int
    known: bool


@transaction.atomic
def create_person(
    *,
    actor: Actor,
    account_id: int | None,
    email: str,
    name: str,
    role: str,
    unit_id: int | None = None,
    language: str = "en",
    password: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> PersonCreated:
    """The person holds `role` afterwards: in the unit, in the account, or (no account) over the installation.

    Without a password the person cannot sign in until one is set.
    """
    authorise(actor, role_capability(account_id), account_id=account_id, unit_id=unit_id, act="person.create")
    email = mail_address(email, "email").lower()
    password_hash = "" if password is None else hash_password(password)
    person, made = Person.objects.get_or_create(
        email=email,
        defaults={
            "name": single_line(name, "name"),
            "language": known_language(language),
            "password_hash": password_hash,
            "created_at": clock.now(),
        },
    )
    if made:
        record(
            actor=actor,
            act="person.created",
            account_id=account_id,
            subject=f"person:{person.id}",
            reason=reason,
            clock=clock,
        )
    write_role(actor, account_id, person.id, role, unit_id, reason, clock)
    return PersonCreated(person.id, known=not made)
