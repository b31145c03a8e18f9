"""The form for decisions on incitement: the six factors of the Rabat Plan of Action (A/HRC/22/17/Add.4, 29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, mark

FACTORS: dict[str, str] = {
    "context": mark("context"),
    "speaker": mark("speaker"),
    "intent": mark("intent"),
    "content_and_form": mark("content and form"),
    "extent": mark("extent"),
    "likelihood": mark("likelihood and imminence"),
}
TEXTS: dict[str, str] = {
    "counter_reading": mark("counter-reading considered"),
    "less_restrictive": mark("less restrictive alternative considered"),
    "language": mark("language"),
    "quoted": mark("quoted spans"),
}
HIGHEST = 3
KEYWORD = "KEYWORD_INCITEMENT_VIOLENCE_HATRED"


def check_assessment(assessment: Mapping[str, Any]) -> None:
    """Raises Invalid unless every factor has a text and a rating of 0 to 3, and every text is there."""
    for name in FACTORS:
        factor = assessment.get(name)
        rating = factor.get("rating") if isinstance(factor, Mapping) else None
        if not isinstance(factor, Mapping) or not str(factor.get("text", "")).strip():
            raise Invalid(
                _("A decision on incitement must say something about {factor}.").format(factor=_(FACTORS[name])),
                field=f"assessment.{name}.text",
            )
        if isinstance(rating, bool) or not isinstance(rating, int) or not 0 <= rating <= HIGHEST:
            raise Invalid(
                _("{factor} is rated from 0 to {highest}.").format(factor=_(FACTORS[name]), highest=HIGHEST),
                field=f"assessment.{name}.rating",
            )
    for name, sentence in TEXTS.items():
        if not str(assessment.get(name, "")).strip():
            raise Invalid(
                _("A decision on incitement must state: {what}.").format(what=_(sentence)), field=f"assessment.{name}"
            )
