"""`/contact/<token>`: whoever reads an outside contact's mail says that notices may be sent there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.actions.verify_outside_contact import verify_outside_contact
from fairpost.tenants.contact_tokens import read_contact_token
from fairpost.web.errors import bad_link
from fairpost.web.render import message, rendered


# Exempt from CSRF on purpose: the signed token in the address is the only right there is.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, because link scanners follow links; POST confirms."""
    try:
        if request.method == "POST":
            verify_outside_contact(token)
            text = _("From now on the legal notices of that account come to this address too.")
            return message(request, 200, _("This address is confirmed"), text)
        read_contact_token(token, SYSTEM_CLOCK.now())
    except (Invalid, NotFound) as error:
        return bad_link(request, error)
    return rendered(
        request,
        "unsubscribe.html",
        title=_("Confirm this address"),
        question=_("May legal notices of the account that named this address be sent to it?"),
        facts=[],
        button=_("Yes, confirm"),
        note=_("Nothing happens until you press the button."),
    )
