"""`/n/<token>`: a notice as it was written, for whoever holds the link in it, and a button that says it was read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fairpost.enforcement.actions.acknowledge_notice import acknowledge_by_link
from fairpost.enforcement.queries.notices import NoticeView, notice_of_link
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.web.errors import bad_link, gone
from fairpost.web.render import rendered


# Exempt from CSRF on purpose, as unsubscribing is: nothing but the signed token in the address gives a right here, so
# no page elsewhere can make a browser use somebody's right without their knowing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, because link scanners follow links; POST acknowledges."""
    try:
        if request.method == "POST":
            acknowledge_by_link(token)
        view = notice_of_link(token)
    except (Invalid, NotFound) as error:
        return bad_link(request, error)
    return gone(request) if view.text is None else shown(request, view)


def shown(request: HttpRequest, view: NoticeView) -> HttpResponse:
    at = next((each.at for each in view.events if each.what == "acknowledged"), None)
    return rendered(
        request,
        "notice.html",
        title=_("Notice {number}").format(number=view.number),
        notice=view,
        acknowledged=_("Acknowledged on {at}.").format(at=f"{at:%F %H:%M} UTC") if at else "",
        button=_("I have read this notice"),
        note=_("This says that you have read it, and agrees to nothing."),
    )
