"""Who may receive a donation that an account's mail asks for, and by which formulas joint senders divide theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from fairpost.tenants.models import JointNotice, JointSender, JointSenderParticipant, SenderIdentity
from fairpost.tenants.scope import organisations_of, own_account


@dataclass(frozen=True, slots=True)
class Formula:
    """One published version: (organisation, exact share, most of one donor in `currency` or None), in its order."""

    version: int
    hash: str
    valid_from: datetime
    currency: str
    shares: tuple[tuple[int, Fraction, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class JointReceiver:
    """A joint sender with whoever takes or took part, and its formulas, the newest first."""

    joint_sender_id: int
    organisation_id: int
    participants: frozenset[int]
    formulas: tuple[Formula, ...]

    def formula_at(self, at: datetime) -> Formula | None:
        """The one in force at `at`."""
        return next((each for each in self.formulas if each.valid_from <= at), None)

    @property
    def limited(self) -> bool:
        """Whether any of its formulas has limits, which are counted over all that a donor gave."""
        return any(limit is not None for each in self.formulas for _who, _share, limit in each.shares)


@dataclass(frozen=True, slots=True)
class Receivers:
    """The account's holder, its organisations by id, the legal sender of each identity, its joint senders."""

    holder_id: int
    names: Mapping[int, str]
    identities: Mapping[int, int]
    joints: tuple[JointReceiver, ...]

    def by_name(self, name: str) -> int | None:
        """The one organisation of this name, whatever its case and blanks; None where there is none, or several."""
        found = [number for number, known in self.names.items() if folded(known) == folded(name)]
        return found[0] if len(found) == 1 else None

    def joint(self, joint_sender_id: int | None) -> JointReceiver | None:
        return next((each for each in self.joints if each.joint_sender_id == joint_sender_id), None)

    def joint_of_organisation(self, organisation_id: int) -> JointReceiver | None:
        return next((each for each in self.joints if each.organisation_id == organisation_id), None)


def receivers(account_id: int) -> Receivers:
    """Raises `NotFound` for an account that does not exist."""
    account = own_account(account_id)
    joints = JointSender.objects.filter(account_id=account_id).order_by("id")
    return Receivers(
        holder_id=account.holder_id,
        names=dict(organisations_of(account_id).values_list("id", "name")),
        identities=dict(SenderIdentity.objects.filter(account_id=account_id).values_list("id", "organisation_id")),
        joints=joint_receivers(list(joints.values_list("id", "organisation_id"))),
    )


def joint_receivers(joints: list[tuple[int, int]]) -> tuple[JointReceiver, ...]:
    numbers = [number for number, _organisation in joints]
    members, formulas = defaultdict(set), defaultdict(list)
    rows = JointSenderParticipant.objects.filter(joint_sender_id__in=numbers)
    for number, organisation in rows.values_list("joint_sender_id", "organisation_id"):
        members[number].add(organisation)
    for notice in JointNotice.objects.filter(joint_sender_id__in=numbers).order_by("-valid_from", "-version"):
        formulas[notice.joint_sender_id].append(formula_of(notice))
    return tuple(
        JointReceiver(number, organisation, frozenset(members[number]), tuple(formulas[number]))
        for number, organisation in joints
    )


def formula_of(notice: JointNotice) -> Formula:
    shares = tuple(
        (each["organisation_id"], Fraction(each["share"]), None if each["limit"] is None else Decimal(each["limit"]))
        for each in notice.formula["participants"]
    )
    return Formula(notice.version, notice.hash, notice.valid_from, notice.formula["currency"], shares)


def folded(name: str) -> str:
    return " ".join(name.casefold().split())
