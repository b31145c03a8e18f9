"""The facts of a content version are read off the version itself, and of nothing else."""

from __future__ import annotations

from datetime import datetime

from fairpost.content.queries.versions import content_version
from fairpost.enforcement.classes.facts import ContentFacts, Passage
from fairpost.enforcement.classes.hosts import host_of
from fairpost.enforcement.classes.page import preheader_and_readings
from fairpost.enforcement.classes.unfilled import sources
from fairpost.enforcement.classes.words import readable
from fairpost.engine.ports import Document
from fairpost.engine.render.values import Escape


def content_facts(account_id: int, version_id: int) -> ContentFacts:
    """The facts of this version of this account; the same whenever they are asked for. Raises NotFound."""
    version = content_version(account_id, version_id)
    document = version.document
    found = passages(document, version.created_at)
    return ContentFacts(
        account_id=account_id,
        organisation_id=version.organisation_id,
        content_hash=version.hash,
        language=version.language,
        subject=first(found, "subject"),
        preheader=first(found, "preheader"),
        passages=found,
        asks_donation=version.asks_donation,
        links=tuple(each.url for each in document.links),
        link_hosts=hosts(document, donation=False),
        donation_hosts=hosts(document, donation=True),
    )


def passages(document: Document, moment: datetime) -> tuple[Passage, ...]:
    """Every reading of every place, once. `moment` is the time at which Liquid is asked what it would say."""
    found: list[Passage] = of_line("subject", document.subject, "text", moment)
    preheaders: list[Passage] = []
    pages: list[Passage] = []
    for page in sources(document.html, "html", moment):
        preheader, readings = preheader_and_readings(page)
        preheaders.append(Passage("preheader", readable(preheader)))
        pages += [Passage("html", readable(each)) for each in readings]
    found += [*preheaders, *pages, *of_line("text", document.text, "text", moment)]
    return tuple(dict.fromkeys(each for each in found if each.text))


def of_line(place: str, source: str, escape: Escape, moment: datetime) -> list[Passage]:
    return [Passage(place, readable(each)) for each in sources(source, escape, moment)]


def first(found: tuple[Passage, ...], place: str) -> str:
    return next((each.text for each in found if each.place == place), "")


def hosts(document: Document, *, donation: bool) -> frozenset[str]:
    links = [each for each in document.links if each.donation or not donation]
    return frozenset(host for each in links if (host := host_of(each.url)))
