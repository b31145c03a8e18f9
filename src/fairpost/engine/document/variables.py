"""Every variable a mail uses is one that has a value: of the contact, of the platform or of the legal
sender.
"""

from __future__ import annotations

from collections.abc import Sequence

from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.static_analysis import TemplateAnalysis

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.liquid import FOOTER_VARIABLES, RECIPIENT_VARIABLES, Span
from fairpost.kernel.text import _

ENVIRONMENT = Environment(autoescape=True)
# It would let an attribute of a contact write HTML.
REFUSED_FILTERS = frozenset({"safe"})


def check_variables(
    source: str, spans: Sequence[Span], known: frozenset[str] | None, findings: Findings
) -> None:
    """Adds Liquid that cannot be read and variables and filters that do not exist, at their places in
    `source`.

    Call it only where `liquid.spans` found nothing: the tokenizer behind it is quadratic on what never
    closes.
    """
    analysis = analysed(source, findings)
    if analysis is None:
        return
    alone = {each.name: set() for each in spans}
    for span in spans:
        if span.kind == "output":
            alone[span.name].update(range(span.start, span.end))
    for name, uses in analysis.globals.items():
        for use in uses:
            check_variable(name, use.span.index, alone.get(name, set()), known, findings)
    for name, places in analysis.filters.items():
        if name not in ENVIRONMENT.filters or name in REFUSED_FILTERS:
            for place in places:
                message = _("There is no filter {name} in mails.").format(name=name)
                findings.add("liquid-syntax", place.index, message)


def analysed(source: str, findings: Findings) -> TemplateAnalysis | None:
    try:
        return ENVIRONMENT.from_string(source).analyze()
    except LiquidError as error:
        offset = error.token.start_index if error.token else 0
        message = _("Liquid cannot read this: {why}.").format(why=str(error.message).rstrip("."))
    except RecursionError:
        offset, message = 0, _("The Liquid is nested too deep.")
    findings.add("liquid-syntax", offset, message)
    return None


def check_variable(
    name: str, offset: int, alone: set[int], known: frozenset[str] | None, findings: Findings
) -> None:
    if name in FOOTER_VARIABLES:
        if offset not in alone:
            message = _("Write {{{{ {name} }}}} by itself, without filter or condition.").format(name=name)
            findings.add("reserved-variable", offset, message)
    elif name.startswith("_"):
        message = _("{name} is set by the platform and cannot be used in a source.").format(name=name)
        findings.add("reserved-variable", offset, message)
    elif known is not None and name not in known and name not in RECIPIENT_VARIABLES:
        findings.add("unknown-variable", offset, _("No contact has an attribute {name}.").format(name=name))
