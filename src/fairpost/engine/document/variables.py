"""Every variable a mail uses is one that has a value: of the contact, of the platform or of the legal sender."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from liquid.exceptions import LiquidError
from liquid.static_analysis import TemplateAnalysis

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.liquid import FOOTER_VARIABLES, RECIPIENT_VARIABLES, Span
from fairpost.engine.render.grammar import grammar
from fairpost.engine.render.template import compile_template
from fairpost.engine.render.values import Escape
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


def check_variables(
    source: str, spans: Sequence[Span], known: frozenset[str] | None, place: Escape, findings: Findings
) -> TemplateAnalysis | None:
    """Adds Liquid that cannot be read and variables and filters that do not exist, at their places in `source`.

    `place` is what the source becomes. Call it only where `liquid.spans` found nothing. Returns what the Liquid uses,
    None where it cannot be read.
    """
    try:
        analysis = grammar(place).from_string(source).analyze(include_partials=False)
        check_filters(analysis, place, findings)
        if not findings.errors:
            compile_template(source, escape=place)
    except LiquidError as error:
        offset = error.token.start_index if error.token and error.token.start_index >= 0 else 0
        message = _("Liquid cannot read this: {why}.")
        findings.add("liquid-syntax", offset, message.format(why=str(error.message).rstrip(".")))
        return None
    except (Invalid, RecursionError) as error:
        findings.add("liquid-syntax", 0, str(error))
        return None
    check_uses(analysis, spans, known, findings)
    return analysis


def check_filters(analysis: TemplateAnalysis, place: Escape, findings: Findings) -> None:
    for name, uses in analysis.filters.items():
        if name not in grammar(place).filters:
            for use in uses:
                message = _("There is no filter {name} in mails.").format(name=name)
                findings.add("liquid-syntax", use.index, message)


def check_uses(
    analysis: TemplateAnalysis, spans: Sequence[Span], known: frozenset[str] | None, findings: Findings
) -> None:
    alone: dict[str, set[int]] = {name: set() for name in FOOTER_VARIABLES}
    for span in spans:
        if span.kind == "output" and span.name in alone:
            alone[span.name].update(range(span.start, span.end))
    for name, uses in analysis.globals.items():
        for use in uses:
            offset = use.span.index
            if name in FOOTER_VARIABLES:
                if offset not in alone[name]:
                    message = _("Write {{{{ {name} }}}} by itself, without filter or condition.")
                    findings.add("reserved-variable", offset, message.format(name=name))
            elif name.startswith("_"):
                message = _("{name} is set by the platform and cannot be used in a source.")
                findings.add("reserved-variable", offset, message.format(name=name))
            elif known is not None and name not in known and name not in RECIPIENT_VARIABLES:
                findings.add("unknown-variable", offset, _("No contact has an attribute {name}.").format(name=name))


def check_texts(source: str, spans: Sequence[Span], findings: Findings) -> None:
    """Adds texts inside Liquid that would reach the page unescaped and make markup or end an attribute."""
    for span in spans:
        code = source[span.start : span.end]
        if span.kind != "comment" and any("<" in text or '"' in text[1:-1] for text in STRING.findall(code)):
            message = _('A text inside Liquid cannot hold < or ": write it outside, or as &lt; and &quot;.')
            findings.add("liquid-place", span.start, message)


def check_address(code: str, offset: int, findings: Findings) -> None:
    """Adds what Liquid inside a link's address cannot be: there, each value is encoded as a part of the address."""
    try:
        compile_template(html.unescape(code).strip(), escape="url")
    except Invalid as error:
        findings.add("liquid-syntax", offset, _("In this address: {why}").format(why=error))
