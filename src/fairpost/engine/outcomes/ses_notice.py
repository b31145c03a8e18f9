"""Reads a notification of Amazon SES that came as mail: JSON in the text of the message.

Format: "Amazon SNS notification contents for Amazon SES", objects `bounce`, `complaint` and `delivery`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fairpost.engine.outcomes.evidence import MAX_RECIPIENTS, Evidence, one_line

MARK = '"notificationType"'
MAX_JSON = 32_768
PEOPLE = {"bounce": "bouncedRecipients", "complaint": "complainedRecipients"}


@dataclass(frozen=True, slots=True)
class Posted:
    complaint: bool
    people: tuple[Evidence, ...]


def evidence_in(words: str) -> Posted | None:
    """What the notification says, or None where there is none that can be read."""
    start = words.find("{")
    if start < 0 or (MARK not in words[:MAX_JSON] and '"eventType"' not in words[:MAX_JSON]):
        return None
    # Lines are folded anywhere on the way, also inside strings.
    text = words[start : start + MAX_JSON].replace("\r", "").replace("\n ", "").replace("\n", "")
    if text.count("[") + text.count("{") > 2_000:
        return None
    try:
        data, _end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict) and isinstance(data.get("Message"), str):
        return evidence_in(data["Message"])
    return from_data(data) if isinstance(data, dict) else None


def from_data(data: dict[str, Any]) -> Posted | None:
    kind = str(data.get("notificationType") or data.get("eventType") or "").lower()
    about = data.get(kind)
    if kind not in ("bounce", "complaint", "delivery") or not isinstance(about, dict):
        return None
    if kind == "delivery":
        people = [
            Evidence(str(each), one_line(str(about.get("smtpResponse", ""))), action="delivered")
            for each in listed(about.get("recipients"))
        ]
        return Posted(False, tuple(people))
    entries = [each for each in listed(about.get(PEOPLE[kind])) if isinstance(each, dict)]
    return Posted(kind == "complaint", tuple(from_entry(each) for each in entries))


def from_entry(entry: dict[str, Any]) -> Evidence:
    diagnostic = str(entry.get("diagnosticCode") or "").removeprefix("smtp;")
    return Evidence(
        str(entry.get("emailAddress") or "").strip("<>")[:320],
        one_line(diagnostic),
        action=str(entry.get("action") or "").lower()[:20],
        status=str(entry.get("status") or "")[:12],
    )


def listed(value: object) -> list[Any]:
    return value[:MAX_RECIPIENTS] if isinstance(value, list) else []
