"""`/u/<token>`: one button, and one-click unsubscribing for mailbox programs (RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.contacts.scope import own_list
from fairpost.delivery.queries.dispatches import DispatchParts, dispatch_parts, recipient_of
from fairpost.engine.ports import Recipient
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants import queries
from fairpost.web.errors import bad_link
from fairpost.web.render import message, rendered
from fairpost.web.tokens import claims_of

REASON = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to leave what. `parts` is None where the campaign is gone, `recipient` where the contact is."""

    claims: TokenClaims
    parts: DispatchParts | None
    recipient: Recipient | None


# Exempt from CSRF on purpose: mailbox programs post here without a cookie or a page before it. The signed token in
# the address is the authority, and the one thing that can be done with it is what its owner was promised.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, because link scanners follow links; POST unsubscribes, whatever its body says."""
    try:
        wish = wish_of(claims_of("unsubscribe", token))
    except (Invalid, NotFound) as error:
        return bad_link(request, error)
    if request.method == "POST":
        return done(request, wish)
    return asked(request, wish)


def wish_of(claims: TokenClaims) -> Wish:
    """Raises `NotFound` where the account is gone."""
    queries.account(claims.account_id)
    parts = dispatch_parts(claims.account_id, claims.campaign_id)
    recipient = recipient_of(claims.account_id, claims.campaign_id, claims.ordinal, test=claims.test)
    return Wish(claims, parts, recipient)


def asked(request: HttpRequest, wish: Wish) -> HttpResponse:
    facts = [(_("Sender"), sender_of(wish))]
    names = list_names(wish)
    if names:
        facts.append((_("List"), ", ".join(names)))
    if wish.recipient is not None:
        facts.append((_("Address"), masked(wish.recipient.address)))
    return rendered(
        request,
        "unsubscribe.html",
        title=_("Unsubscribe"),
        question=_("Do you want to receive no more of these mails?"),
        facts=facts,
        button=_("Unsubscribe"),
        note=_("It takes effect at once. Nothing happens until you press the button."),
    )


def done(request: HttpRequest, wish: Wish) -> HttpResponse:
    """The answer comes after the commit: from then on no attempt goes to this address."""
    if wish.claims.test:
        text = _("This was a test mail, so nobody was unsubscribed. The link works.")
        return message(request, 200, _("A test mail"), text)
    if wish.recipient is not None:
        suppress(wish, wish.recipient)
    names = list_names(wish)
    if names:
        text = _("You will receive no more mails of {lists} from {sender}.").format(
            lists=", ".join(names), sender=sender_of(wish)
        )
    else:
        text = _("You will receive no more of these mails from {sender}.").format(sender=sender_of(wish))
    return message(request, 200, _("You are unsubscribed"), text, _("A mail that is on its way may still arrive."))


@transaction.atomic
def suppress(wish: Wish, recipient: Recipient) -> None:
    """With reach of the lists that the campaign addressed, else of the account. Again is harmless.

    Where a list is gone the reach is the account: further than was asked, never less.
    """
    lists = wish.parts.list_ids if wish.parts else ()
    reaches = [f"list:{each}" for each in lists] or ["account"]
    try:
        with transaction.atomic():
            for reach in reaches:
                suppress_with(wish, recipient, reach)
    except NotFound:
        suppress_with(wish, recipient, "account")


def suppress_with(wish: Wish, recipient: Recipient, reach: str) -> None:
    suppress_addresses(
        actor=acting_for(wish.claims.account_id),
        account_id=wish.claims.account_id,
        addresses=[recipient.canonical],
        reach=reach,
        reason=REASON,
        source=f"campaign:{wish.claims.campaign_id}",
    )


def acting_for(account_id: int) -> Actor:
    """The recipient, who may do this one thing in the account that wrote to them."""
    rights = frozenset({"suppression.write"})
    return Actor(name="unsubscribe link", via="web", capabilities=rights, account_id=account_id)


def list_names(wish: Wish) -> list[str]:
    """Names of the lists addressed; none where one of them is gone, because the reach is the account then."""
    account_id = wish.claims.account_id
    lists = wish.parts.list_ids if wish.parts else ()
    try:
        return [own_list(acting_for(account_id), account_id, each).name for each in lists]
    except NotFound:
        return []


def sender_of(wish: Wish) -> str:
    """The legal sender that the mail named, or the account."""
    account_id = wish.claims.account_id
    if wish.parts is None:
        return queries.account(account_id).name
    return queries.identity(account_id, wish.parts.identity_id).organisation


def masked(address: str) -> str:
    """`a…@example.org`: enough for its owner, little for whom the mail was forwarded to."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
