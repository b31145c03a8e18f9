"""What a Liquid source can say to somebody, before anybody's attributes are filled in."""

from __future__ import annotations

import re
from datetime import datetime

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.liquid import BRANCHES, spans
from fairpost.engine.render.template import compile_template
from fairpost.engine.render.values import Escape
from fairpost.kernel.errors import FairpostError

LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def sources(source: str, escape: Escape, moment: datetime) -> tuple[str, ...]:
    """`source` without Liquid, in two ways: every branch and every literal of it, and as a contact without any
    attribute would get it at `moment` (left out where the engine cannot fill it so).
    """
    whole = every_branch(source)
    try:
        bare = compile_template(source, escape=escape).render({}, moment)
    except FairpostError:
        return (whole,)
    return (whole,) if bare == whole else (bare, whole)


def every_branch(source: str) -> str:
    """All static text in order, nothing where Liquid stands, a blank between branches; then all literals."""
    parts: list[str] = []
    literals: list[str] = []
    position = 0
    for span in spans(source, Findings("", "body")):
        parts.append(source[position : span.start])
        position = span.end
        if span.kind == "comment":
            continue
        if span.name in BRANCHES:
            parts.append(" ")
        literals += [first or second for first, second in LITERAL.findall(source[span.start : span.end])]
    return " \n".join(["".join([*parts, source[position:]]), *literals])
