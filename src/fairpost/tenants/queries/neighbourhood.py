"""Who stands next to whom over the whole installation: for deciding what a measure covers, never for customers.

Every other query of this package stays within one account. These do not, and no page, command or endpoint for an
account's own people may show what they answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from fairpost.tenants.models import (
    Account,
    JointSender,
    JointSenderParticipant,
    Membership,
    Organisation,
    SenderIdentity,
)
from fairpost.tenants.same_body import same_body


@dataclass(frozen=True, slots=True)
class NeighbourIdentity:
    """A sender identity of any account, as far as a scope can name it."""

    identity_id: int
    account_id: int
    unit_id: int
    organisation_id: int
    joint_sender_id: int | None
    from_address: str
    domain: str
    link_domain: str


@dataclass(frozen=True, slots=True)
class OrganisationPlace:
    """An organisation of any account, and the row that an operator identified it with."""

    id: int
    name: str
    account_id: int | None
    same_as_id: int | None


@dataclass(frozen=True, slots=True)
class AccountPerson:
    """Someone with the role that was asked for, in a unit or (None) in the whole account."""

    person_id: int
    email: str
    name: str
    language: str
    unit_id: int | None


def organisations_same(organisation_ids: Iterable[int]) -> frozenset[int]:
    """These and every row that stands for the same body as one of them."""
    return same_body(organisation_ids)


def every_organisation(*, after: int = 0, limit: int = 100) -> list[OrganisationPlace]:
    """By id, those after `after`, of all accounts and of none."""
    rows = Organisation.objects.filter(id__gt=after).order_by("id")[:limit]
    return [OrganisationPlace(*row) for row in rows.values_list("id", "name", "account_id", "same_as_id")]


def accounts_held_by(organisation_ids: Iterable[int]) -> frozenset[int]:
    """Ids of the accounts whose holder is one of these organisations, under whichever row."""
    return frozenset(Account.objects.filter(holder_id__in=same_body(organisation_ids)).values_list("id", flat=True))


def identities_of_organisations(organisation_ids: Iterable[int]) -> tuple[NeighbourIdentity, ...]:
    """Every identity that sends for one of these organisations, under whichever row, by id."""
    return found(SenderIdentity.objects.filter(organisation_id__in=same_body(organisation_ids)))


def identities_with_link_domain(domain: str) -> tuple[NeighbourIdentity, ...]:
    """Every identity whose links go to this domain (A-labels), by id."""
    return found(SenderIdentity.objects.filter(link_domain=domain))


def participants(joint_sender_id: int, on: date) -> frozenset[int]:
    """The organisations that take part on this day, as they were registered; a day of its account's time zone."""
    rows = taking_part(on).filter(joint_sender_id=joint_sender_id)
    return frozenset(rows.values_list("organisation_id", flat=True))


def joint_senders_of(organisation_ids: Iterable[int], on: date) -> frozenset[int]:
    """The joint senders that are one of these organisations, or in which one takes part on this day."""
    ids = same_body(organisation_ids)
    own = JointSender.objects.filter(organisation_id__in=ids).values_list("id", flat=True)
    joined = taking_part(on).filter(organisation_id__in=ids).values_list("joint_sender_id", flat=True)
    return frozenset(own) | frozenset(joined)


def joint_sender_names(joint_sender_ids: Iterable[int]) -> list[str]:
    """How these joint senders are called, under every row that stands for the same body."""
    own = JointSender.objects.filter(id__in=list(joint_sender_ids)).values_list("organisation_id", flat=True)
    return sorted(set(Organisation.objects.filter(id__in=same_body(own)).values_list("name", flat=True)))


def account_people(account_id: int, role: str) -> tuple[AccountPerson, ...]:
    """Who holds this role in the account or in a unit of it, by person."""
    rows = Membership.objects.filter(account_id=account_id, role=role).order_by("person_id", "unit_id")
    columns = ("person_id", "person__email", "person__name", "person__language", "unit_id")
    return tuple(AccountPerson(*row) for row in rows.values_list(*columns))


def taking_part(on: date) -> QuerySet[JointSenderParticipant]:
    return JointSenderParticipant.objects.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


def found(rows: QuerySet[SenderIdentity]) -> tuple[NeighbourIdentity, ...]:
    columns = ("id", "account_id", "unit_id", "organisation_id", "joint_sender_id", "from_address", "domain__name")
    return tuple(NeighbourIdentity(*row) for row in rows.order_by("id").values_list(*columns, "link_domain"))
