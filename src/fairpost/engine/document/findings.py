"""Everything that can be said against a mail is one finding: a level, a code, a sentence and a place in the
source.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from fairpost.kernel.text import mark

Level = Literal["error", "warning"]
Part = Literal["body", "text", "subject", "preheader"]

# Every code with its level and what it is about: the table of docs/reference/content.md. An error stops a
# content version from being saved; a warning is stored with it.
CODES: dict[str, tuple[Level, str]] = {
    "subject-empty": ("error", mark("the subject is empty")),
    "control-character": ("error", mark("a line break or control character in subject or preheader")),
    "subject-long": ("warning", mark("the subject has more characters than mailbox lists show")),
    "body-empty": ("error", mark("there is neither MJML nor HTML")),
    "too-big": ("error", mark("the source or the finished HTML is larger than 2 MB")),
    "clipped": ("warning", mark("the HTML is larger than 102 kB, so Gmail shows only its beginning")),
    "liquid-syntax": ("error", mark("Liquid that cannot be read, or a tag or filter that does not exist here")),
    "liquid-unclosed": ("error", mark("a Liquid tag or output that is not closed")),
    "liquid-place": ("error", mark("Liquid where it could change the structure of the page")),
    "unknown-variable": ("error", mark("a variable that no contact has")),
    "reserved-variable": (
        "error",
        mark("a variable that only the platform sets, or that stands in a wrong way"),
    ),
    "unclosed-tag": ("error", mark("an element, quote or comment that is not closed")),
    "stray-end-tag": ("error", mark("an end tag without its start tag")),
    "nested-too-deep": ("error", mark("elements nested deeper than 120 levels")),
    "mjml": ("error", mark("MJML that cannot be turned into HTML")),
    "mjml-include": ("error", mark("mj-include: no other file is ever read")),
    "forbidden-element": ("error", mark("an element that mail programs refuse or that attacks use")),
    "event-handler": ("error", mark("an attribute that runs a script")),
    "unsafe-style": ("error", mark("CSS that runs a script")),
    "remote-stylesheet": ("error", mark("a stylesheet that would have to be fetched")),
    "remote-font": ("warning", mark("a web font: it is left out")),
    "link-scheme": ("error", mark("a link that is not http, https, mailto, tel or sms")),
    "link-malformed": ("error", mark("a link that is not a complete address")),
    "link-http": ("warning", mark("a link or image without encryption (http)")),
    "link-variable": (
        "warning",
        mark("an attribute of the contact in a link: its clicks are not counted, or it is the whole link"),
    ),
    "donation-mark": ("warning", mark("data-donation on something that is not a link")),
    "image-source": ("error", mark("an image without a complete web address")),
    "image-alt": ("warning", mark("an image without alternative text")),
    "preheader-twice": ("warning", mark("a preheader and mj-preview: only the preheader is used")),
    "missing-unsubscribe": ("error", mark("no unsubscribe link that everyone sees")),
    "missing-disclaimer": ("error", mark("no line that says who paid, seen by everyone")),
    "missing-postal-address": ("error", mark("no postal address that everyone sees")),
    "missing-joint-notice": ("error", mark("a joint sender asks for donations without its joint notice")),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` and `column` count from 1, in characters of the author's own source of `part`."""

    level: Level
    code: str
    message: str
    line: int = 1
    column: int = 1
    part: Part = "body"


# What is wrong a hundred times need not be said more often, nor take the time to.
MOST_FINDINGS = 100


class Findings:
    """Collects the findings of one part, from offsets in its source to lines and columns."""

    def __init__(self, source: str, part: Part) -> None:
        self.part: Part = part
        self.found: list[Finding] = []
        self.errors = False
        self.starts = [0]
        for offset, character in enumerate(source):
            if character == "\n":
                self.starts.append(offset + 1)

    def add(self, code: str, offset: int, message: str) -> None:
        """Adds a finding; a code that is not in the table is a KeyError."""
        if len(self.found) >= MOST_FINDINGS and (self.errors or CODES[code][0] == "warning"):
            return
        line = bisect_right(self.starts, max(offset, 0))
        column = max(offset, 0) - self.starts[line - 1] + 1
        finding = Finding(CODES[code][0], code, message, line, column, self.part)
        if finding not in self.found:
            self.found.append(finding)
            self.errors = self.errors or finding.level == "error"
