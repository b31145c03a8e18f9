"""No action runs for an actor that lacks the capability, the account or the business unit."""

from __future__ import annotations

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.capabilities import CAPABILITIES


def authorise(actor: Actor, capability: str, *, account_id: int | None = None, unit_id: int | None = None) -> None:
    """Returns where `actor` may do this; the first line of every action.

    `account_id` None means that the act concerns the whole installation, `unit_id` None that it concerns the
    whole account. Raises `NotFound` for another account and for another unit (so that neither is seen to
    exist) and `Forbidden` where the capability is missing or the actor's unit is too small for the act. A
    KeyError means that the capability itself does not exist.
    """
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
