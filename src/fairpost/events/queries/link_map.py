"""The mail as it was sent, with the number of people who clicked laid over each link, for a frame or a file."""

from __future__ import annotations

from html import escape

from lxml import html as markup

from fairpost.content.queries.preview import filled
from fairpost.content.queries.versions import content_version
from fairpost.delivery.queries.dispatches import dispatch_parts
from fairpost.engine.ports import Document, Link
from fairpost.events.queries.results_by_link import LinkResult, link_results
from fairpost.events.reports.scope import Scope, campaigns_in
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _

# The author's markup runs no script, sends no form and has no origin; links lead nowhere, pictures and styles show.
SANDBOX = (
    "sandbox; default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; font-src http: https:;"
    " form-action 'none'; base-uri 'none'"
)
PLACE = "#fairpost-link-"
# Without a place of its own it lies where the link begins and moves nothing.
BADGE = (
    "position:absolute;z-index:9999;transform:translateY(-60%);padding:1px 6px;border-radius:9px;background:#1f5f8b;"
    "color:#fff;font:bold 12px/16px sans-serif;white-space:nowrap;text-decoration:none"
)


def link_map(actor: Actor, account_id: int, campaign_id: int, clock: Clock = SYSTEM_CLOCK) -> str:
    """The page. Raises NotFound where the actor sees no such campaign, or its mail has no HTML."""
    campaigns_in(actor, account_id, Scope(campaign_id=campaign_id))
    parts = dispatch_parts(account_id, campaign_id)
    document = content_version(account_id, parts.content_version_id).document if parts else None
    if document is None or not document.html:
        raise NotFound(_("The mail of campaign {campaign} has no HTML.").format(campaign=campaign_id))
    places = [Link(f"{PLACE}{number}") for number in range(len(document.links))]
    mail = filled(Document(document.subject, document.html, "", places), {}, clock).html
    return laid_over(mail, {each.link: each for each in link_results(account_id, campaign_id)})


def laid_over(mail: str, found: dict[int, LinkResult]) -> str:
    """The mail with a badge on each link; the most clicked one has the strongest."""
    page = markup.document_fromstring(mail)
    most = max((each.clicked.people for each in found.values()), default=0)
    whole = sum(each.clicked.people for number, each in found.items() if number >= 0)
    for anchor in page.iter("a"):
        number = anchor.get("href", "").removeprefix(PLACE)
        result = found.get(int(number)) if number.isdecimal() else None
        anchor.attrib.pop("href", None)
        if result is not None:
            anchor.set("title", result.url)
            anchor.insert(0, badge(result, most, whole, anchor))
    head = page.find("head")
    if head is None:
        head = markup.Element("head")
        page.insert(0, head)
    policy = escape(SANDBOX.removeprefix("sandbox; "))
    head.insert(0, markup.fragment_fromstring(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'))
    head.insert(0, markup.fragment_fromstring('<meta charset="utf-8">'))
    return markup.tostring(page, encoding="unicode", doctype="<!doctype html>")


def badge(result: LinkResult, most: int, whole: int, anchor: markup.HtmlElement) -> markup.HtmlElement:
    people = result.clicked.people
    share = f" · {100 * people / whole:.1f} %" if whole else ""
    strength = 0.45 + 0.55 * people / most if most else 0.45
    made = markup.Element("span", style=f"{BADGE};opacity:{strength:.2f}")
    made.text = f"{people}{share}"
    made.tail, anchor.text = anchor.text, None
    return made
