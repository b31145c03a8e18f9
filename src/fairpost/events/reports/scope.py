"""What a report is of: one campaign, or all that a sender, unit, joint sender or account began within a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.delivery.queries.mailed import campaigns_begun, mailed
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.accounts import account, unit
from fairpost.tenants.queries.identities import identity
from fairpost.tenants.queries.joint_senders import joint_sender


@dataclass(frozen=True, slots=True)
class Scope:
    """At most one of the four; none of them is the whole account. Campaigns count by when they began.

    `since` and `until` (not included) leave campaigns out; of one campaign they say nothing.
    """

    campaign_id: int | None = None
    identity_id: int | None = None
    unit_id: int | None = None
    joint_sender_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def of(self) -> str:
        """campaign, sender, unit, joint_sender or account."""
        for name, number in (
            ("campaign", self.campaign_id), ("sender", self.identity_id), ("unit", self.unit_id),
            ("joint_sender", self.joint_sender_id),
        ):  # fmt: skip
            if number is not None:
                return name
        return "account"


def campaigns_in(actor: Actor, account_id: int, scope: Scope) -> list[int]:
    """The campaigns of the scope that this actor may see, tests left out. Raises NotFound for another account's."""
    authorise(actor, "campaign.read", account_id=account_id, unit_id=actor.unit_id)
    if [scope.campaign_id, scope.identity_id, scope.unit_id, scope.joint_sender_id].count(None) < 3:
        raise Invalid(_("A report is of one campaign, sender, unit or joint sender."), field="campaign_id")
    if scope.campaign_id is not None:
        return [one_campaign(actor, account_id, scope.campaign_id)]
    if actor.account_id is None:
        account(account_id)
    check_exists(actor, account_id, scope)
    unit_id = scope.unit_id if scope.unit_id is not None else actor.unit_id
    return campaigns_begun(
        account_id, since=scope.since, until=scope.until, unit=unit_id, identity=scope.identity_id,
        joint_sender=scope.joint_sender_id,
    )  # fmt: skip


def one_campaign(actor: Actor, account_id: int, campaign_id: int) -> int:
    found = mailed(account_id, [campaign_id]).get(campaign_id)
    if found is None or actor.unit_id not in (None, found.unit_id):
        raise NotFound(_("There is no campaign {campaign} that was sent.").format(campaign=campaign_id))
    if found.test:
        raise NotFound(_("Campaign {campaign} is a test: what comes back of it is not counted.").format(
            campaign=campaign_id))  # fmt: skip
    return campaign_id


def check_exists(actor: Actor, account_id: int, scope: Scope) -> None:
    if scope.unit_id is not None:
        unit(account_id, scope.unit_id)
        if actor.unit_id not in (None, scope.unit_id):
            raise NotFound(_("There is no such business unit."))
    if scope.identity_id is not None:
        found = identity(account_id, scope.identity_id)
        if actor.unit_id not in (None, found.unit_id):
            raise NotFound(_("There is no such sender identity."))
    if scope.joint_sender_id is not None:
        joint_sender(account_id, scope.joint_sender_id)
