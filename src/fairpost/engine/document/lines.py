"""Subject, preheader and plain text: sources that are no markup."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.links import spliced
from fairpost.engine.document.liquid import FOOTER_VARIABLES, Span, spans
from fairpost.engine.document.variables import check_variables
from fairpost.engine.render.values import Escape
from fairpost.kernel.plaintext import REFUSED_CATEGORIES, REFUSED_CHARACTERS
from fairpost.kernel.text import _

LONG_SUBJECT = 120
MOST = {"subject": 500, "preheader": 1000}


def check_characters(source: str, findings: Findings, several_lines: bool) -> None:
    """Adds the first control character; line breaks and tabs are let through in sources of several lines.

    RFC 5322 (2.2) and RFC 6532: no header field may hold them, and a database or parser may stumble over
    others.
    """
    for offset, character in enumerate(source):
        if several_lines and character in "\t\n\r":
            continue
        bidi = not several_lines and character in REFUSED_CHARACTERS
        refused = {"Cc", "Cs"} if several_lines else REFUSED_CATEGORIES
        if bidi or unicodedata.category(character) in refused:
            message = _("The character U+{code:04X} (a control character or line break) cannot stand here.")
            findings.add("control-character", offset, message.format(code=ord(character)))
            return


def check_line(source: str, place: Escape, findings: Findings, known: frozenset[str] | None) -> list[Span]:
    """Adds all that is wrong with a subject or preheader and returns its Liquid."""
    check_characters(source, findings, several_lines=False)
    if len(source) > MOST[findings.part]:
        message = _("At most {most} characters.").format(most=MOST[findings.part])
        findings.add("too-big", 0, message)
    found = spans(source, findings)
    if not findings.errors:
        check_variables(source, found, known, place, findings)
    for each in found:
        if each.name in FOOTER_VARIABLES:
            message = _("{{{{ {name} }}}} belongs in the body.").format(name=each.name)
            findings.add("reserved-variable", each.start, message)
    return found


def check_subject(source: str, known: frozenset[str] | None) -> Findings:
    findings = Findings(source, "subject")
    if not source.strip():
        findings.add("subject-empty", 0, _("The subject is empty."))
    elif len(source) > LONG_SUBJECT:
        findings.add(
            "subject-long",
            LONG_SUBJECT,
            _("Most mailboxes show fewer than {most} characters.").format(most=LONG_SUBJECT),
        )
    check_line(source, "header", findings, known)
    return findings


def escaped_line(source: str, found: list[Span]) -> str:
    """A checked line as HTML: everything but its Liquid escaped."""
    parts, position = [], 0
    for each in found:
        parts += [html.escape(source[position : each.start]), source[each.start : each.end]]
        position = each.end
    return "".join([*parts, html.escape(source[position:])])


def filled(source: str, found: list[Span], footer: Mapping[str, tuple[str, str]]) -> str:
    """A checked plain text with the footer variables (second form) in place."""
    return spliced(source, [(each.start, each.end, footer[each.name][1]) for each in found if each.name in footer])
