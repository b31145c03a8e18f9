"""Finds the Liquid in a source, with places, and proves that it can be rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from fairpost.engine.document.findings import Findings
from fairpost.kernel.text import _

# Set by the platform for each recipient (engine.ports.Document), and by `build_document` for the content
# version.
RECIPIENT_VARIABLES = frozenset(
    {"email", "unsubscribe_url", "preferences_url", "view_url", "donation_reference", "now", "today"}
)
FOOTER_VARIABLES = frozenset({"disclaimer", "postal_address", "joint_notice"})

CLOSES = {"endif": "if", "endunless": "unless", "endcase": "case", "endfor": "for", "endcapture": "capture"}
BRANCHES = {
    "elsif": ("if", "unless"),
    "else": ("if", "unless", "case", "for"),
    "when": ("case",),
    "break": ("for",),
    "continue": ("for",),
}
PLAIN_TAGS = frozenset({"assign", "cycle", "increment", "decrement", "#"})
MAX_DEPTH = 20

OPENING = re.compile(r"\{\{|\{%")
NAME = re.compile(r"\{%-?\s*(#|\w*)")


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of Liquid: `{{ ... }}`, `{% ... %}` or a whole comment block. `depth` counts the blocks
    around it.
    """

    kind: Literal["output", "tag", "comment"]
    start: int
    end: int
    name: str
    depth: int


def spans(source: str, findings: Findings) -> list[Span]:
    """The Liquid of a source in order; what is not closed or does not exist becomes a finding.

    Linear in the length of the source, unlike the tokenizer that renders, which meets only sources that
    passed here.
    """
    found: list[Span] = []
    open_blocks: list[Span] = []
    position = 0
    while match := OPENING.search(source, position):
        start = match.start()
        closing = "}}" if match[0] == "{{" else "%}"
        following = OPENING.search(source, start + 2)
        limit = following.start() if following else len(source)
        end = source.find(closing, start + 2, limit)
        if end < 0:
            message = _("{opening} is never closed by {closing}.")
            findings.add("liquid-unclosed", start, message.format(opening=match[0], closing=closing))
            position = limit
            continue
        position = end + 2
        if closing == "}}":
            found.append(Span("output", start, position, source[start + 2 : end].strip("- \t\r\n"), len(open_blocks)))
            continue
        name = NAME.match(source, start)[1]  # type: ignore[index]
        if name == "comment":
            position = comment_end(source, start, position, findings)
            found.append(Span("comment", start, position, name, len(open_blocks)))
            continue
        span = Span("tag", start, position, name, len(open_blocks))
        found.append(span)
        follow(span, open_blocks, findings)
    for each in open_blocks:
        findings.add(
            "liquid-unclosed",
            each.start,
            _("{{% {name} %}} is never closed by {{% end{name} %}}.").format(name=each.name),
        )
    return found


def follow(tag: Span, open_blocks: list[Span], findings: Findings) -> None:
    """Keeps the stack of open blocks and refuses tags that do not fit or do not exist."""
    innermost = open_blocks[-1].name if open_blocks else ""
    if tag.name in CLOSES.values():
        open_blocks.append(tag)
        if len(open_blocks) == MAX_DEPTH + 1:
            findings.add(
                "liquid-syntax",
                tag.start,
                _("Liquid blocks are nested deeper than {most} levels.").format(most=MAX_DEPTH),
            )
    elif tag.name in CLOSES:
        if innermost == CLOSES[tag.name]:
            open_blocks.pop()
        else:
            findings.add("liquid-unclosed", tag.start, stray(tag.name, innermost))
    elif tag.name in BRANCHES:
        around = {each.name for each in open_blocks} if tag.name in ("break", "continue") else {innermost}
        if not around & set(BRANCHES[tag.name]):
            findings.add("liquid-unclosed", tag.start, stray(tag.name, innermost))
    elif tag.name not in PLAIN_TAGS:
        findings.add("liquid-syntax", tag.start, _("There is no tag {{% {name} %}} in mails.").format(name=tag.name))


def stray(name: str, innermost: str) -> str:
    if innermost:
        return _("{{% {name} %}} does not belong to {{% {open} %}}, which is still open.").format(
            name=name, open=innermost
        )
    return _("{{% {name} %}} stands outside of any block it could belong to.").format(name=name)


COMMENT_EDGE = re.compile(r"\{%-?\s*(comment|endcomment)\b[^%]*%\}")


def comment_end(source: str, start: int, position: int, findings: Findings) -> int:
    depth = 1
    for match in COMMENT_EDGE.finditer(source, position):
        depth += 1 if match[1] == "comment" else -1
        if not depth:
            return match.end()
    findings.add("liquid-unclosed", start, _("{{% comment %}} is never closed by {{% endcomment %}}."))
    return len(source)
