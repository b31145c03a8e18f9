"""No action runs for an actor that lacks the capability, the account or the business unit."""

from __future__ import annotations

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.acts import act_of
from fairpost.tenants.capabilities import CAPABILITIES
from fairpost.tenants.restrictions import check_use


def authorise(
    actor: Actor,
    capability: str,
    *,
    account_id: int | None = None,
    unit_id: int | None = None,
    act: str | None = None,
) -> None:
    """Returns where `actor` may do this and nothing in force forbids it; the first line of every action.

    `account_id` None means that the act concerns the whole installation, `unit_id` None that it concerns the
    whole account. `act` names what is about to change there (fairpost.tenants.acts); None is a read, or the
    first look of an action that asks again once it knows the unit. Raises `NotFound` for another account and
    for another unit (so that neither is seen to exist), `Forbidden` where the capability is missing or the
    actor's unit is too small for the act, and `Restricted` where a measure or pause forbids it. A KeyError means
    that the capability or act itself does not exist.
    """
    doing = act_of(act, capability) if act is not None and account_id is not None else None
    declared = CAPABILITIES[capability]
    if actor.account_id is not None:
        if account_id is None:
            raise Forbidden(_("This concerns the whole installation; you belong to one account."))
        if account_id != actor.account_id:
            raise NotFound(_("There is no such account."))
    if capability not in actor.capabilities:
        raise Forbidden(
            _("You may not {what} (capability {capability}).").format(what=_(declared.sentence), capability=capability),
            hint=_("Ask an owner of the account, or an operator, for a role that includes it."),
        )
    if actor.unit_id is not None and unit_id != actor.unit_id:
        if unit_id is not None:
            raise NotFound(_("There is no such business unit."))
        if not declared.shared:
            raise Forbidden(_("This concerns the whole account; you belong to one business unit."))
    if account_id is not None:
        check_use(actor, capability, doing, account_id, unit_id)
