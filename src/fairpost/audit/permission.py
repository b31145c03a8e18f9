"""Acts on the record itself are the installation's: who may do them holds a capability over all of it."""

from __future__ import annotations

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _


def require(actor: Actor, capability: str, *, account_id: int | None = None) -> None:
    """Returns where the actor may; `account_id` names the one account that the act is about.

    Raises NotFound for another's account and Forbidden for the rest. The declared capabilities with their
    sentences stand above this layer, in `fairpost.tenants.capabilities`.
    """
    if actor.account_id is not None and actor.account_id != account_id:
        if account_id is not None:
            raise NotFound(_("There is no such account."))
        raise Forbidden(_("This concerns the whole installation; you belong to one account."))
    if capability not in actor.capabilities or actor.unit_id is not None:
        raise Forbidden(
            _("This needs the capability {capability}, which you do not have here.").format(capability=capability),
            hint=_("Ask an operator for a role that includes it."),
        )
