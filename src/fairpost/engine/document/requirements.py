"""A mail says who sends it, who paid, where they are and how to leave, in places that every reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.liquid import Span
from fairpost.engine.document.markup import read_markup
from fairpost.engine.document.masks import Masks
from fairpost.engine.document.plaintext import unseen_pieces
from fairpost.kernel.text import _

REQUIRED = {
    "unsubscribe_url": "missing-unsubscribe",
    "disclaimer": "missing-disclaimer",
    "postal_address": "missing-postal-address",
    "joint_notice": "missing-joint-notice",
}


def explanations() -> Mapping[str, str]:
    return {
        "unsubscribe_url": _('Add a link with href="{{ unsubscribe_url }}".'),
        "disclaimer": _("Add {{ disclaimer }}, the line that says who paid."),
        "postal_address": _("Add {{ postal_address }}."),
        "joint_notice": _("A joint sender that asks for donations must show its notice: add {{ joint_notice }}."),
    }


def check_required(
    variables: Sequence[str], spans: Sequence[Span], shown: set[str], end: int, findings: Findings
) -> None:
    """Adds each required variable that is missing, inside a Liquid condition or not in `shown`, what readers
    see.

    What stands in the wrong place is named there; what is missing altogether at `end`, where it could be
    added.
    """
    for variable in variables:
        uses = [each for each in spans if each.kind == "output" and each.name == variable]
        if any(each.depth == 0 for each in uses) and variable in shown:
            continue
        if not uses:
            findings.add(REQUIRED[variable], end, explanations()[variable])
        elif all(each.depth for each in uses):
            message = _("{{{{ {name} }}}} stands inside a condition, so some would not see it.")
            findings.add(REQUIRED[variable], uses[0].start, message.format(name=variable))
        else:
            message = _("{{{{ {name} }}}} is hidden, or not where a reader sees it.")
            if variable == "unsubscribe_url":
                message = _("{{{{ {name} }}}} must be the whole address (href) of a link that readers see.")
            findings.add(REQUIRED[variable], uses[0].start, message.format(name=variable))


def shown_variables(page: str, masks: Masks, words: Mapping[str, Sequence[str]]) -> set[str]:
    """Which variables readers of a masked page see; `words` are the masks that stand for each of them."""
    pieces = read_markup(page, Findings("", "body"))
    unseen = unseen_pieces(pieces)
    shown: set[str] = set()
    for index, piece in enumerate(pieces):
        if index in unseen:
            continue
        if piece.kind in ("text", "comment"):
            seen = page[piece.start : piece.end]
            shown |= {
                name for name, each in words.items() if name != "unsubscribe_url" and any(w in seen for w in each)
            }
        elif piece.name in ("a", "area") and piece.value("href") in words["unsubscribe_url"]:
            shown.add("unsubscribe_url")
    return shown
