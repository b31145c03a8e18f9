"""`/f/<id>`: people sign up for lists; `/f/confirm/<token>`: the address's owner says yes. No cookie, no script."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fairpost.contacts.actions.confirm_signup import Asked, confirm_signup, signup_asked
from fairpost.contacts.actions.take_signup import HONEYPOT, LONGEST_VALUE, TooMany, Typed, take_signup
from fairpost.contacts.queries.consent_texts import newest_text
from fairpost.contacts.queries.forms import FormRow, kinds_asked, lists_asked, open_form
from fairpost.contacts.words import words_of
from fairpost.kernel.errors import FairpostError, NotFound, Restricted
from fairpost.kernel.text import current_language, in_language
from fairpost.tenants import queries
from fairpost.web.errors import bad_request, not_found
from fairpost.web.pages.report import network_of
from fairpost.web.render import message, rendered

INPUTS = {"text": "text", "number": "text", "date": "date", "boolean": "checkbox"}


# Exempt from CSRF on purpose: the account's own site may post here, and all that a post does is to ask an address's
# owner by mail, as often as the pace lets anybody.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form; what was wrong comes back with everything that was typed."""
    try:
        row = open_form(public_id)
    except NotFound:
        return not_found(request)
    with in_language(row.language):
        if request.method != "POST":
            return shown(request, row, 200, {})
        try:
            given = {name: request.POST.get(name, "") for name in ("address", *row.attributes)}
            return taken(request, row, given)
        except TooManyFieldsSent:
            return bad_request(request)


def taken(request: HttpRequest, row: FormRow, given: dict[str, str]) -> HttpResponse:
    typed = Typed(
        address=given["address"],
        agreed=request.POST.get("agreed") == "yes",
        values=given,
        trap=request.POST.get(HONEYPOT, ""),
        client=network_of(request),
        origin=request.headers.get("Origin", "").lower(),
    )
    words = words_of(row.language)
    try:
        take_signup(row.public_id, typed)
    except Restricted:
        return said(request, row, 503, words["not_now"], "")
    except FairpostError as error:
        response = shown(request, row, error.status, given, error.message)
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.wait)
        return response
    return said(request, row, 200, words["sent_title"], words["sent"].format(address=given["address"].strip()[:320]))


def shown(
    request: HttpRequest, row: FormRow, status: int, given: dict[str, str], wrong: str = ""
) -> HttpResponse:
    words = words_of(row.language)
    response = rendered(
        request,
        "form.html",
        status,
        language=row.language,
        title=row.title,
        lists=[name for _number, name in lists_asked(row)],
        words=words,
        wrong=wrong,
        given=given,
        trap=HONEYPOT,
        most=LONGEST_VALUE,
        inputs=[
            (name, name.replace("_", " "), INPUTS[kind], given.get(name, ""))
            for name, kind in kinds_asked(row).items()
        ],
        text=newest_text(row.account_id, row.consent, row.language).text,
        sender=sender_of(row),
    )
    response["Referrer-Policy"] = "same-origin"  # so that a browser names the origin of what it posts
    return response


def sender_of(row: FormRow) -> str:
    return queries.identity(row.account_id, row.identity_id).organisation


def said(request: HttpRequest, row: FormRow, status: int, title: str, text: str) -> HttpResponse:
    return rendered(request, "message.html", status, language=row.language, title=title, text=text)


# Exempt from CSRF on purpose: the sealed token in the address is the only right there is.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing, because link scanners follow links; POST confirms."""
    try:
        if request.method == "POST":
            return confirmed(request, confirm_signup(token))
        return question(request, signup_asked(token))
    except NotFound:
        words = words_of(current_language())
        return message(request, 404, words["confirm_title"], words["dead_link"])
    except Restricted:
        words = words_of(current_language())
        return message(request, 503, words["confirm_title"], words["not_now"])


def question(request: HttpRequest, what: Asked) -> HttpResponse:
    words = words_of(what.form.language)
    return rendered(
        request,
        "unsubscribe.html",
        language=what.form.language,
        title=words["confirm_title"],
        question=words["confirm_question"],
        facts=[
            (words["sender"], sender_of(what.form)),
            (words["lists"], ", ".join(name for _number, name in what.lists)),
            (words["consent"], what.text),
        ],
        button=words["confirm_button"],
        note=words["confirm_note"],
    )


def confirmed(request: HttpRequest, what: Asked) -> HttpResponse:
    words = words_of(what.form.language)
    onward = what.form.redirect_url
    return rendered(
        request,
        "confirmed.html",
        language=what.form.language,
        title=words["confirmed_title"],
        text=words["confirmed"],
        onward=onward,
        onward_text=words["onward"].format(host=urlsplit(onward).hostname or ""),
    )
