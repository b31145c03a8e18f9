"""Who gets a notice: owners of every account concerned, its confirmed contacts outside, each participant for itself.

A participant of a joint sender that holds accounts is told there; one that holds none, in care of the account that
registered it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fairpost.tenants.queries import account, outside_contacts
from fairpost.tenants.queries.accounts import AccountRow
from fairpost.tenants.queries.neighbourhood import account_people, accounts_held_by, every_organisation


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address. `subject` is whose key it is sealed under; a person, or a contact outside the account."""

    email: str
    language: str
    subject: str
    person_id: int | None = None
    outside_contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody to be told: an account, or an organisation through an account. `name` is how the notice calls it.

    `organisation_id` is empty where the account itself is told. `zone` is the account's time zone.
    """

    account_id: int
    organisation_id: int | None
    holder_id: int
    name: str
    zone: str
    recipients: tuple[Recipient, ...]
    care_of: str = ""


def parties(told: Iterable[Mapping[str, int]]) -> list[Party]:
    """One party for each account, and for each organisation that is not told through an account of its own anyway."""
    accounts = list(dict.fromkeys(each["account_id"] for each in told if "account_id" in each))
    found = [of_account(each) for each in accounts]
    for number in dict.fromkeys(each["organisation_id"] for each in told if "organisation_id" in each):
        held = accounts_held_by([number])
        if held.isdisjoint(accounts):
            found += of_organisation(number, sorted(held))
    return found


def of_account(account_id: int) -> Party:
    row = account(account_id)
    name = row.name if row.name == row.holder else f"{row.holder} ({row.name})"
    return Party(account_id, None, row.holder_id, name, row.time_zone, recipients_of(row))


def of_organisation(organisation_id: int, held: list[int]) -> list[Party]:
    """Through each account that it holds; else in care of the one that registered it; else nobody can be told."""
    (place,) = every_organisation(after=organisation_id - 1, limit=1)
    through = held or ([place.account_id] if place.account_id else [])
    return [
        replace(
            of_account(each),
            organisation_id=organisation_id,
            name=place.name,
            care_of="" if held else account(each).name,
        )
        for each in through
    ]


def recipients_of(row: AccountRow) -> tuple[Recipient, ...]:
    """Owners of the whole account, each in their language, then confirmed contacts outside; no address twice."""
    found: dict[str, Recipient] = {}
    for person in account_people(row.id, "owner"):
        if person.unit_id is None:
            found.setdefault(
                person.email, Recipient(person.email, person.language, f"person:{person.person_id}", person.person_id)
            )
    for each in outside_contacts(row.id):
        found.setdefault(
            each.email,
            Recipient(each.email, each.language, f"outside_contact:{each.id}", outside_contact_id=each.id),
        )
    return tuple(found.values())
