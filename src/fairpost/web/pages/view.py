"""`/v/<token>`: the mail's page as its recipient got it, shut in a sandbox."""

from __future__ import annotations

from email import message_from_bytes, policy

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fairpost.delivery.queries.dispatches import dispatch_parts, may_be_followed, recipient_of
from fairpost.delivery.sending.compose import compile_campaign
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.web.errors import bad_link, gone
from fairpost.web.tokens import claims_of

# The author's markup runs no script, sends no form and has no origin; links open, pictures and inline styles show.
SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation;"
    " default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; font-src http: https:;"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def view(request: HttpRequest, token: str) -> HttpResponse:
    """Filled anew, with the contact's attributes as they are now."""
    try:
        html = html_of(claims_of("track", token))
    except (Invalid, NotFound) as error:
        return bad_link(request, error)
    if html is None:
        return gone(request)
    return HttpResponse(html, headers={"Content-Security-Policy": SANDBOX})


def html_of(claims: TokenClaims) -> str | None:
    """The HTML part; None where the campaign or the recipient is gone."""
    parts = dispatch_parts(claims.account_id, claims.campaign_id)
    recipient = recipient_of(claims.account_id, claims.campaign_id, claims.ordinal, test=claims.test)
    if parts is None or recipient is None:
        return None
    compiled = compile_campaign(
        (claims.account_id, claims.campaign_id),
        parts.identity_id,
        parts.content_version_id,
        sign=False,
        tracking=parts.tracking and may_be_followed(parts, recipient),
        test=parts.test,
    )
    content = compiled.fill(recipient, SYSTEM_CLOCK.now().timestamp()).content
    body = message_from_bytes(content, policy=policy.default).get_body(("html",))
    return body.get_content() if body is not None else None
