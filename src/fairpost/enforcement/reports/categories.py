"""What a campaign can be reported for; one word in the API, one sentence in the form."""

from __future__ import annotations

from fairpost.kernel.text import mark

CATEGORIES: dict[str, str] = {
    "violence": mark("Violence, or a call for it"),
    "hate": mark("Hatred against people for who they are"),
    "fraud": mark("Fraud, or stealing data"),
    "consent": mark("I never agreed to receive this, or cannot leave"),
    "deception": mark("It hides or lies about who sends it"),
    "illegal": mark("Other illegal content"),
    "other": mark("Something else"),
}
CHANNELS = ("form", "api", "mail")
