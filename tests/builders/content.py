"""Mails to test with: complete ones, to be spoiled in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fairpost.engine.document import Built, LegalSender, Source, build_document

FOOTER = '{{ disclaimer }}<br>{{ postal_address }}<br><a href="{{ unsubscribe_url }}">Unsubscribe</a>'
SENDER = LegalSender("Committee for the Lake", "1 Quay Street\nPorttown")
NOTICE = "Contributions are divided: 60 % Committee for the Lake, 40 % Friends of the Shore."
JOINT_SENDER = LegalSender("Lake and Shore Joint Fund", "1 Quay Street\nPorttown", NOTICE)


def page(content: str = "<p>Hello</p>", footer: str = FOOTER) -> str:
    """A complete page; `content` begins at line 2, column 1."""
    return f"<!DOCTYPE html><html><head><title>Lake</title></head><body>\n{content}\n<p>{footer}</p></body></html>"


def mjml(content: str = "<mj-text>Hello</mj-text>", footer: str = FOOTER, head: str = "") -> str:
    """A complete MJML source; `content` stands in a column and begins at line 2, column 1."""
    return (
        f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>\n{content}\n"
        f"<mj-text>{footer}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )


def source(**changes: Any) -> Source:
    """A source without any error: a page, unless `html` or `mjml` is given."""
    given = {"subject": "News of the lake", "sender": SENDER, **changes}
    if not given.get("mjml") and "html" not in given:
        given["html"] = page()
    return replace(Source(subject=""), **given)


def build(**changes: Any) -> Built:
    return build_document(source(**changes))


def codes(built: Built) -> list[str]:
    return [each.code for each in built.findings]


def places(built: Built, code: str) -> list[tuple[int, int]]:
    """(line, column) of each finding with this code."""
    return [(each.line, each.column) for each in built.findings if each.code == code]
