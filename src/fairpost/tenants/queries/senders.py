"""Every sender of the installation with everybody it stands for: what scopes are held against.

Installation-wide: for enforcement only, never for customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

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


def senders(
    now: datetime, *, accounts: Collection[int] | None = None, identities: Collection[int] | None = None
) -> list[Sender]:
    """The senders of these accounts, or these identities, or all."""
    rows = SenderIdentity.objects.select_related("domain", "unit", "account").order_by("pk")
    if accounts is not None:
        rows = rows.filter(account_id__in=accounts)
    if identities is not None:
        rows = rows.filter(pk__in=identities)
    found = list(rows)
    if not found:
        return []
    bodies = Bodies()
    joint = joint_senders_by_organisation()
    members = participants_by_joint_sender(now)
    return [sender(each, bodies, joint, members) for each in found]


def sender(
    row: SenderIdentity, bodies: Bodies, joint: dict[int, int], members: dict[int, frozenset[int]]
) -> Sender:
    legal = bodies.same({row.organisation_id})
    if row.joint_sender_id:
        legal |= bodies.same(number for number, each in joint.items() if each == row.joint_sender_id)
    committees = frozenset(joint[each] for each in legal if each in joint)
    return Sender(
        account_id=row.account_id,
        account_name=row.account.name,
        unit_id=row.unit_id,
        unit_name=row.unit.name,
        identity_id=row.pk,
        from_address=row.from_address,
        domain=row.domain.name,
        link_domain=row.link_domain,
        holder_ids=bodies.same({row.account.holder_id}),
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
    found: dict[int, set[int]] = defaultdict(set)
    today = now.date()
    rows = JointSenderParticipant.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today)
    for committee, organisation in rows.values_list("joint_sender_id", "organisation_id"):
        found[committee].add(organisation)
    return {number: frozenset(each) for number, each in found.items()}


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account with its name and all rows that are the same body as its holder."""

    account_id: int
    name: str
    holder_ids: frozenset[int]


def held_accounts(accounts: Collection[int] | None = None) -> list[HeldAccount]:
    """Accounts with their holders: these, or all."""
    rows = Account.objects.order_by("pk")
    if accounts is not None:
        rows = rows.filter(pk__in=accounts)
    bodies = Bodies()
    return [HeldAccount(number, name, bodies.same({holder})) for number, name, holder in rows.values_list(
        "pk", "name", "holder_id")]  # fmt: skip


def organisation_names(numbers: Collection[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=numbers).values_list("pk", "name"))
