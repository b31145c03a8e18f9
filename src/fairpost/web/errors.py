"""What a page says where it cannot say what was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fairpost.engine.signing.tokens import Expired
from fairpost.kernel.errors import FairpostError
from fairpost.kernel.text import _
from fairpost.web.render import message


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404: no view is at this address."""
    return message(request, 404, _("There is nothing here"), _("This address does not exist, or no longer."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return message(request, 400, _("This cannot be read"), _("The request is damaged."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the form was not one that this host had given to this browser."""
    text = _("This form did not come from our page, or your browser refuses our cookie. Nothing was sent.")
    return message(request, 403, _("This was not taken"), text, _("Open the page again and send it from there."))


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500: our fault."""
    text = _("It was not your fault, and it is in our log.")
    return message(request, 500, _("This went wrong here"), text, _("Please try again."))


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away. Nothing was done: a mailbox provider that gets 503 sends its request again."""
    text = _("We cannot answer this now.")
    response = message(request, 503, _("One moment, please"), text, _("Please try again in a few minutes."))
    response["Retry-After"] = "60"
    return response


def bad_link(request: HttpRequest, error: FairpostError) -> HttpResponse:
    """A token that is over (410) or none of ours (404). Neither leads anywhere."""
    if isinstance(error, Expired):
        return message(request, 410, _("This link has ended"), error.message)
    return message(request, 404, _("This link leads nowhere"), error.message, error.hint or "")


def gone(request: HttpRequest) -> HttpResponse:
    """The link is genuine, but what it shows was removed."""
    return message(request, 410, _("This is no longer here"), _("What this link showed has been removed."))
