"""`/c/<number>/<token>`: on to the link of that number in the content that was sent, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from fairpost.content.queries.versions import content_version
from fairpost.delivery.queries.dispatches import dispatch_parts
from fairpost.engine.render.links import REFERENCE, destination, is_countable
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.web.errors import bad_link
from fairpost.web.tokens import claims_of, issuer


@require_safe
def click(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Redirects (302). Clicks are not recorded yet."""
    try:
        target = target_of(claims_of("track", token), number)
    except (Invalid, NotFound) as error:
        return bad_link(request, error)
    return HttpResponse(status=302, headers={"Location": target})


def target_of(claims: TokenClaims, number: int) -> str:
    """The address, with the recipient's donation reference in it.

    No part of it comes from the request: the number chooses among the links of an immutable content version, so
    this is no open redirect. Raises `NotFound` where there is no such counted link.
    """
    parts = dispatch_parts(claims.account_id, claims.campaign_id)
    links = content_version(claims.account_id, parts.content_version_id).document.links if parts else ()
    if number >= len(links):
        raise nothing_there()
    compiled = destination(links[number])
    if not is_countable(compiled):
        raise nothing_there()
    tokens = issuer().for_campaign(claims.account_id, claims.campaign_id, claims.test)
    values = {REFERENCE: tokens.donation(claims.ordinal).decode()}
    return checked(compiled.render(values, SYSTEM_CLOCK.now()))


def checked(url: str) -> str:
    """The address as ASCII for a header, proven to be of the web: the last look before it is handed out."""
    target = iri_to_uri(url.strip())
    split = urlsplit(target)
    if split.scheme.lower() not in ("http", "https") or not split.netloc or not target.isprintable():
        raise nothing_there()
    return target


def nothing_there() -> NotFound:
    return NotFound(_("The mail has no such link."), hint=_("Open it from the message itself, whole."))
