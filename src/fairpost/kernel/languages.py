"""Which of our languages a person understands best, as their browser or program says."""

from __future__ import annotations

import re
from collections.abc import Collection

from fairpost.kernel.text import LANGUAGES

RANGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*")


def preferred_language(header: str, otherwise: str, among: Collection[str] = LANGUAGES) -> str:
    """The language `among` these that an Accept-Language header (RFC 9110, 12.5.4) likes best, or `otherwise`."""
    liked: list[tuple[float, int, str]] = []
    for index, each in enumerate(header[:500].split(",")[:20]):
        match = RANGE.fullmatch(each)
        if match and match[1].lower() in among and float(match[2] or 1) > 0:
            liked.append((-float(match[2] or 1), index, match[1].lower()))
    return min(liked)[2] if liked else otherwise
