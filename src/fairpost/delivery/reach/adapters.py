"""Every kind of relay, declared once, with the adapter that reaches into its queue."""

from __future__ import annotations

from collections.abc import Mapping

from fairpost.delivery.reach.adapter import Adapter
from fairpost.delivery.reach.kumomta import KumoQueue
from fairpost.delivery.reach.postfix import PostfixQueue
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NO_ADAPTER = "smtp"
ADAPTERS: dict[str, Adapter] = {"postfix": PostfixQueue(), "kumomta": KumoQueue()}
KINDS = (NO_ADAPTER, *ADAPTERS)


def checked_access(kind: str, access: Mapping[str, str], secret: str) -> dict[str, str]:
    """The access that a relay of this kind is kept with. Raises Invalid."""
    if kind not in KINDS:
        raise Invalid(
            _("There is no kind of relay {kind}; the kinds are {kinds}.").format(
                kind=repr(kind), kinds=", ".join(KINDS)
            ),
            field="kind",
        )
    given = {name: value for name, value in access.items() if value}
    if kind == NO_ADAPTER:
        if given or secret:
            raise Invalid(_("Only a relay of a kind with an adapter has access to its queue."), field="kind")
        return {}
    return ADAPTERS[kind].checked(given, secret)
