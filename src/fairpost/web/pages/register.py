"""`/register`: what was decided and may be told, as a page, as JSON and as an Atom feed; nobody has to sign in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_safe

from fairpost.audit.queries.heads import current_head, heads
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.register import (
    RegisterEntryView,
    register_entries,
    register_entry,
    undisclosed,
)
from fairpost.enforcement.register.addresses import register_url
from fairpost.enforcement.register.documents import entry_document, head_document, register_document
from fairpost.enforcement.register.feed import feed
from fairpost.enforcement.register.guarantees import guarantees
from fairpost.enforcement.register.wording import lines, sealed_sentence, title
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.web.errors import bad_request, not_found
from fairpost.web.render import rendered

PAGE = 50
JSON = "application/json; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"


@require_safe
def register(request: HttpRequest, form: str = "html") -> HttpResponse:
    """A page of the register, what changed last first; `?before=` is where the page before ended."""
    try:
        views = register_entries(None, before=request.GET.get("before", ""), limit=PAGE + 1)
    except Invalid:
        return bad_request(request)
    shown = views[:PAGE]
    suffix = "" if form == "html" else f".{form}"
    following = f"{register_url(suffix)}?{urlencode({'before': shown[-1].key})}" if len(views) > PAGE else None
    if form == "json":
        return answer(request, shown, encoded(register_document(shown, following)), JSON)
    if form == "atom":
        here = register_url(suffix) + (f"?{request.GET.urlencode()}" if request.GET else "")
        return answer(request, shown, feed(shown, here, following), ATOM)
    return register_page(request, shown, following)


def register_page(request: HttpRequest, views: Sequence[RegisterEntryView], following: str | None) -> HttpResponse:
    page = rendered(
        request,
        "register.html",
        title=_("Register of decisions"),
        text=_("Every decision that restricts a sender here: what, how, whom, whom not, why and until when."),
        entries=[page_entry(each) for each in views],
        none=_("There is no public entry yet."),
        following=following,
        older=_("Older entries"),
        notes=notes(),
        notes_title=_("What is not in this register"),
        unmet_title=_("Guarantees that this installation does not meet"),
        unmet=[_(each.sentence) for each in guarantees() if not each.met],
        links=[("/register.atom", _("Feed")), ("/register.json", "JSON"), ("/register/heads.json", _("Audit heads"))],
    )
    return tagged(request, views, page)


@require_safe
def entry(request: HttpRequest, name: str) -> HttpResponse:
    """One entry at its permanent address, D-17 or D-17.json. What nobody may read is not there, whatever the reason."""
    number, dot, form = name.partition(".")
    try:
        if (dot and form != "json") or not number.startswith("D-"):
            raise NotFound(name)
        view = register_entry(None, number_of("decision", number))
        if view.id != number:
            raise NotFound(name)  # one spelling, one address
    except (Invalid, NotFound):
        return not_found(request)
    if form:
        return answer(request, [view], encoded(entry_document(view)), JSON)
    shown = page_entry(view)
    page = rendered(request, "register_entry.html", title=f"{view.id}", entry=shown, back=_("The whole register"))
    return tagged(request, [view], page)


@require_safe
def audit_heads(request: HttpRequest) -> HttpResponse:
    """The published heads of the audit chain behind `?after=`, and where the chain ends now."""
    after = request.GET.get("after", "0")
    if not after.isascii() or not after.isdecimal() or len(after) > 18:
        return bad_request(request)
    current = current_head()
    document = {
        "heads": [head_document(each) for each in heads(int(after), 500)],
        "current": head_document(current) if current else None,
    }
    return answer(request, [], encoded(document), JSON)


def page_entry(view: RegisterEntryView) -> dict[str, Any]:
    """What the templates show of one entry."""
    return {
        "id": view.id,
        "url": f"/register/{view.id}",
        "json": f"/register/{view.id}.json",
        "state": state_in_words(view.state),
        "sealed": sealed_sentence(view.sealed_until, view.legal_basis) if view.visibility == "sealed" else "",
        "states": [(name, state_in_words(state)) for name, state in view.states.items()],
        "statements": [
            {
                "number": each.number,
                "title": title(each.kind, each.content, view.decision_id),
                "at": f"{each.at:%Y-%m-%d %H:%M} UTC",
                "lines": lines(each.kind, each.content),
            }
            for each in view.statements
        ],
    }


def notes() -> list[str]:
    kept = undisclosed()
    return [
        _("Decisions whose parties may still appeal: they become public afterwards."),
        _("What is sealed shows that it is, until when, and on what legal basis."),
        _("Orders that forbid disclosure: {orders}; entries that they keep out now: {entries}.").format(
            orders=kept.orders, entries=kept.entries
        ),
    ]


def encoded(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def answer(request: HttpRequest, views: Sequence[RegisterEntryView], body: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Access-Control-Allow-Origin"] = "*"  # public, and no cookie plays a part
    return tagged(request, views, response)


def tagged(request: HttpRequest, views: Sequence[RegisterEntryView], response: HttpResponse) -> HttpResponse:
    """With an ETag over what is shown and nothing else; 304 where the reader has it (RFC 9110, 13.1.2).

    If-Modified-Since is not asked: what a state is changes without anything being written.
    """
    etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    if views:
        response["Last-Modified"] = http_date(max(each.updated_at for each in views).timestamp())
    return response
