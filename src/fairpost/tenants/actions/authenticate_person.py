"""Turns an address and a password into a person, or into nobody, in the same time."""

from __future__ import annotations

from fairpost.kernel.errors import Invalid
from fairpost.tenants.domains import mail_address
from fairpost.tenants.models import Person
from fairpost.tenants.passwords import HASHER, outdated, verify_password


def authenticate_person(email: str, password: str) -> int | None:
    """The person's id.

    None for an unknown address, a wrong password or a person without one, without telling which.

    How often one may try is limited by the surface that asks.
    """
    try:
        canonical = mail_address(email, "email").lower()
    except Invalid:
        canonical = ""
    person = Person.objects.filter(email=canonical).first()
    if not verify_password(person.password_hash if person else "", password) or person is None:
        return None
    if outdated(person.password_hash):
        Person.objects.filter(id=person.id, password_hash=person.password_hash).update(
            password_hash=HASHER.hash(password)
        )
    return person.id
