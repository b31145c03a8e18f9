"""What a check found and what to do about it, in words for the person who runs the domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result: `name` is the DNS name asked, `found` what stands there, `advice` what to do about it."""

    check: str
    status: Status
    name: str
    found: str
    advice: str = ""


def printable(text: str, most: int = 300) -> str:
    """Text out of DNS made safe to show: anyone may publish control characters and megabytes there."""
    shown = "".join(c if c.isprintable() else "?" for c in text[: most + 1])
    return shown if len(shown) <= most else shown[:most] + "…"
