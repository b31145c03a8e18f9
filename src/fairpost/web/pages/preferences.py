"""`/p/<token>`: a contact chooses its lists and its language, whether it is followed, or leaves everything."""

from __future__ import annotations

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fairpost.contacts.actions.change_preferences import Wishes, change_preferences, owner_of
from fairpost.contacts.queries.preferences import Preferences, preferences_of
from fairpost.contacts.words import OWN_NAMES, words_of
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.languages import preferred_language
from fairpost.tenants import queries
from fairpost.tenants.naming import LANGUAGES
from fairpost.web.errors import bad_link, bad_request, gone
from fairpost.web.pages.wish import masked, sender_of, wish_of
from fairpost.web.render import rendered
from fairpost.web.tokens import claims_of


# Exempt from CSRF on purpose: no cookie gives any right here; the signed token in the address is the authority.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, because link scanners follow links; POST saves, or leaves everything."""
    try:
        claims = claims_of("unsubscribe", token)
        queries.account(claims.account_id)
    except (Invalid, NotFound) as error:
        return bad_link(request, error)
    sender = sender_of(wish_of(claims))
    if claims.test:
        return answer(request, None, sender, "preferences", "test_mail")
    held = preferences_of(claims.account_id, claims.ordinal)
    if held is None:
        return gone(request)
    if request.method != "POST":
        return shown(request, held, sender)
    try:
        wishes = wishes_in(request)
    except (TooManyFieldsSent, ValueError):
        return bad_request(request)
    held = change(claims, wishes)
    return answer(request, held, sender, *(("left_title", "left") if wishes.leave_all else ("saved_title", "saved")))


def wishes_in(request: HttpRequest) -> Wishes:
    """Raises ValueError for numbers that are none."""
    return Wishes(
        shown={int(each) for each in request.POST.getlist("shown")},
        lists={int(each) for each in request.POST.getlist("list")},
        language=request.POST.get("language"),
        tracking=request.POST.get("tracking") == "yes",
        leave_all=request.POST.get("do") == "leave",
    )


def change(claims: TokenClaims, wishes: Wishes) -> Preferences:
    return change_preferences(
        actor=owner_of(claims.account_id),
        account_id=claims.account_id,
        ordinal=claims.ordinal,
        wishes=wishes,
        source=f"campaign:{claims.campaign_id}",
    )


def shown(request: HttpRequest, held: Preferences, sender: str) -> HttpResponse:
    language = language_for(request, held)
    words = words_of(language)
    note = words["all_left"] if held.left_all else "" if held.lists else words["no_lists"]
    return rendered(
        request,
        "preferences.html",
        language=language,
        title=words["preferences"],
        intro=words["preferences_intro"].format(sender=sender, shown=masked(held.contact.address)),
        words=words,
        note=note,
        lists=[] if held.left_all else [(each.list_id, each.name, each.on) for each in held.lists],
        languages=None
        if held.language is None
        else [(code, OWN_NAMES[code], code == held.language) for code in LANGUAGES],
        tracking=held.tracking,
        left_all=held.left_all,
    )


def answer(request: HttpRequest, held: Preferences | None, sender: str, title: str, text: str) -> HttpResponse:
    language = language_for(request, held)
    words = words_of(language)
    return rendered(
        request, "message.html", language=language, title=words[title], text=words[text].format(sender=sender)
    )


def language_for(request: HttpRequest, held: Preferences | None) -> str:
    """What the contact chose, else what its browser likes best of all five."""
    chosen = held.language if held else ""
    return chosen or preferred_language(request.headers.get("Accept-Language", ""), "en", LANGUAGES)
