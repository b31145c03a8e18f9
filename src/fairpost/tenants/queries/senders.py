"""Every sender of the installation with everybody it stands for: what scopes are held against.

Installation-wide: for enforcement only, never for customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fairpost.tenants.models import Account, JointSender, JointSenderParticipant, Organisation, SenderIdentity


@dataclass(frozen=True, slots=True)
class Sender:
    """One sender identity.

    `holder_ids` and `legal_ids` hold all rows that are the same body as the account's holder and as the declared
    legal sender. `joint_sender_ids` are the joint senders that this legal sender is, whichever account keeps them;
    `participant_ids` the organisations that take part in them now.
    """

    account_id: int
    account_name: str
    unit_id: int
    unit_name: str
    identity_id: int
    from_address: str
    domain: str
    link_domain: str
    holder_ids: frozenset[int]
    legal_ids: frozenset[int]
    joint_sender_ids: frozenset[int]
    participant_ids: frozenset[int]


COLUMNS = (
    "account_id", "account__name", "account__holder_id", "unit_id", "unit__name", "pk", "from_address", "domain__name",
    "link_domain", "organisation_id", "joint_sender_id",
)  # fmt: skip


def senders(
    now: datetime,
    *,
    accounts: Collection[int] | None = None,
    identities: Collection[int] | None = None,
    domains: Collection[str] | None = None,
) -> list[Sender]:
    """The senders of these accounts, these identities, or on these sending domains; else all."""
    rows = SenderIdentity.objects.order_by("pk")
    if accounts is not None:
        rows = rows.filter(account_id__in=accounts)
    if identities is not None:
        rows = rows.filter(pk__in=identities)
    if domains is not None:
        rows = rows.filter(domain__name__in=domains)
    found = list(rows.values_list(*COLUMNS))
    if not found:
        return []
    bodies = Bodies()
    joint = joint_senders_by_organisation()
    members = participants_by_joint_sender(now) if joint else {}
    return [sender(each, bodies, joint, members) for each in found]


def sender(row: tuple[Any, ...], bodies: Bodies, joint: dict[int, int], members: dict[int, frozenset[int]]) -> Sender:
    account_id, account, holder, unit_id, unit, number, address, domain, link_domain, organisation, committee = row
    legal = bodies.same({organisation})
    if committee:
        legal |= bodies.same(each for each, known in joint.items() if known == committee)
    committees = frozenset(joint[each] for each in legal if each in joint)
    return Sender(
        account_id=account_id,
        account_name=account,
        unit_id=unit_id,
        unit_name=unit,
        identity_id=number,
        from_address=address,
        domain=domain,
        link_domain=link_domain,
        holder_ids=bodies.same({holder}),
        legal_ids=legal,
        joint_sender_ids=committees,
        participant_ids=frozenset().union(*(bodies.same(members.get(each, ())) for each in committees)),
    )


class Bodies:
    """Which rows of organisations are one and the same real-world body."""

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        pairs = dict(Organisation.objects.filter(same_as__isnull=False).values_list("pk", "same_as_id"))
        for number in pairs:
            self.first[number] = last(number, pairs)
        self.members: dict[int, set[int]] = defaultdict(set)
        for number, first in self.first.items():
            self.members[first] |= {number, first}

    def same(self, numbers: Iterable[int]) -> frozenset[int]:
        """All rows that are one of these bodies."""
        found: set[int] = set()
        for each in numbers:
            first = self.first.get(each, each)
            found |= self.members.get(first, {each})
        return frozenset(found)


def last(number: int, pairs: dict[int, int]) -> int:
    for _step in range(len(pairs)):
        if number not in pairs:
            break
        number = pairs[number]
    return number


def joint_senders_by_organisation() -> dict[int, int]:
    return dict(JointSender.objects.values_list("organisation_id", "pk"))


def participants_by_joint_sender(now: datetime) -> dict[int, frozenset[int]]:
    """Who takes part now; days are those of the time zone of the account that keeps the joint sender."""
    found: dict[int, set[int]] = defaultdict(set)
    columns = ("joint_sender_id", "organisation_id", "since", "until", "joint_sender__account__time_zone")
    for committee, organisation, since, until, zone in JointSenderParticipant.objects.values_list(*columns):
        today = now.astimezone(ZoneInfo(zone)).date()
        if since <= today and (until is None or today < until):
            found[committee].add(organisation)
    return {number: frozenset(each) for number, each in found.items()}


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account with its name and all rows that are the same body as its holder."""

    account_id: int
    name: str
    holder_ids: frozenset[int]


def held_accounts(
    accounts: Collection[int] | None = None, *, holders: Collection[int] | None = None
) -> list[HeldAccount]:
    """Accounts with their holders: these, those that one of these organisations holds, or all."""
    rows = Account.objects.order_by("pk")
    if accounts is not None:
        rows = rows.filter(pk__in=accounts)
    if holders is not None:
        rows = rows.filter(holder_id__in=holders)
    bodies = Bodies()
    found = rows.values_list("pk", "name", "holder_id")
    return [HeldAccount(number, name, bodies.same({holder})) for number, name, holder in found]


def organisation_names(numbers: Collection[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=numbers).values_list("pk", "name"))
