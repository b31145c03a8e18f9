"""The register as an Atom feed (RFC 4287) in pages (RFC 5005): an amendment renews its entry and has one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from fairpost.enforcement.queries.register import RegisterEntryView, Statement
from fairpost.enforcement.register.addresses import feed_tag, register_url
from fairpost.enforcement.register.documents import moment
from fairpost.enforcement.register.wording import lines, sealed_sentence, title
from fairpost.kernel.text import _, current_language

ATOM = "http://www.w3.org/2005/Atom"
UNSPOKEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no character of XML 1.0
NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # "updated" of a feed in which nothing ever stood


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the feed."""

    tag: str
    title: str
    url: str
    updated: datetime
    published: datetime | None
    text: str


def feed(views: Sequence[RegisterEntryView], address: str, following: str | None) -> bytes:
    """The page of the feed at `address`; `following` is the next page's."""
    found = sorted((each for view in views for each in items(view)), key=lambda each: each.updated, reverse=True)
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": current_language()})
    add(root, "id", feed_tag())
    add(root, "title", _("Register of decisions"))
    add(root, "updated", moment(max((each.updated for each in found), default=NEVER)))
    author = ElementTree.SubElement(root, "author")
    add(author, "name", "Fairpost")
    link(root, "self", address, "application/atom+xml")
    link(root, "alternate", register_url(), "text/html")
    link(root, "first", register_url(".atom"), "application/atom+xml")
    if following:
        link(root, "next", following, "application/atom+xml")
    for each in found:
        add_item(root, each)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="utf-8")


def items(view: RegisterEntryView) -> Iterator[Item]:
    """The entry as a whole, renewed by each amendment, and every amendment under its own title."""
    if view.visibility == "sealed":
        sentence = sealed_sentence(view.sealed_until, view.legal_basis)
        yield Item(view.tag, _("{entry}: sealed").format(entry=view.id), view.url, view.updated_at, None, sentence)
        return
    newest = view.statements[0]
    text = "\n\n".join(statement_text(view, each) for each in view.statements)
    heading = title(newest.kind, newest.content, view.decision_id)
    yield Item(view.tag, f"{view.id}: {heading}", view.url, view.updated_at, view.statements[-1].shown_at, text)
    for each in view.statements[:-1]:
        heading = title(each.kind, each.content, view.decision_id)
        text = statement_text(view, each)
        yield Item(each.tag, f"{view.id}: {heading}", each.url, each.shown_at, each.shown_at, text)


def statement_text(view: RegisterEntryView, each: Statement) -> str:
    heading = f"{title(each.kind, each.content, view.decision_id)} ({each.at.astimezone(UTC):%Y-%m-%d})"
    return "\n".join([heading, *(f"{name}: {value}" for name, value in lines(each.kind, each.content))])


def add_item(root: ElementTree.Element, item: Item) -> None:
    entry = ElementTree.SubElement(root, "entry")
    add(entry, "id", item.tag)
    add(entry, "title", item.title)
    add(entry, "updated", moment(item.updated))
    if item.published:
        add(entry, "published", moment(item.published))
    link(entry, "alternate", item.url, "text/html")
    add(entry, "content", item.text).set("type", "text")


def add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = UNSPOKEN.sub("\ufffd", text)
    return made


def link(parent: ElementTree.Element, relation: str, address: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": relation, "href": address, "type": kind})
