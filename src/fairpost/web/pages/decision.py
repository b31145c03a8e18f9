"""`/decision/D-17`, which refusals and notices name: it says where a decision is read, and tells nothing of it.

The page is the same whether there is such a decision or not; what is public stands in the register.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fairpost.enforcement.naming import label, number_of
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.web.errors import not_found
from fairpost.web.render import rendered


@require_safe
def decision(request: HttpRequest, name: str) -> HttpResponse:
    """Where those concerned read it, how they appeal, and where the public finds what is public."""
    try:
        number = number_of("decision", name)
    except Invalid:
        return not_found(request)
    if label("decision", number) != name:
        return not_found(request)  # one spelling, one address
    configuration = settings.FAIRPOST
    address = configuration.platform_contact or configuration.platform_from or f"notices@{configuration.platform_host}"
    return rendered(
        request,
        "decision.html",
        title=_("Decision {decision}").format(decision=name),
        facts=[
            (_("By mail"), _("Everybody concerned got a notice; the link in it opens it in full.")),
            (_("In the account"), f"fairpost notice list --decision {name}"),
            (_("By program"), f"GET /api/v1/accounts/.../notices?decision_id={number}"),
            (_("To appeal"), f"fairpost appeal file {name}"),
            (_("Questions"), address),
        ],
        text=_("What was decided, whom it covers, why, until when and how to appeal stands in the notice of it."),
        register=_("What is public of it stands in the register"),
        name=name,
    )
