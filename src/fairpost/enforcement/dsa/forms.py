"""The forms of values: what is blank, what is a date, an address, a product number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PUID = re.compile(r"[a-zA-Z0-9_-]+")
PRODUCT_KEY = "EAN-13"
UNSAFE_IN_URL = re.compile(r"[\s\x00-\x1f\x7f<>\"{}|\\^`]")


def is_blank(value: Any) -> bool:
    """Nothing was given: the database trims texts and takes an empty one for none."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def says_null(value: Any) -> bool:
    """The word null as a text: a program's slip that the database would publish as it is."""
    return isinstance(value, str) and value.strip().lower() == "null"


def day(value: Any) -> date | None:
    """The date that a zero-padded YYYY-MM-DD means; None for everything else."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_url(value: str) -> bool:
    """An absolute http or https address with a host, as RFC 3986 writes it (no blanks, no bare brackets)."""
    if UNSAFE_IN_URL.search(value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_ean13(value: str) -> bool:
    """Thirteen digits of which the last is the check digit (GS1 General Specifications, 7.9)."""
    if not re.fullmatch(r"[0-9]{13}", value):
        return False
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(value))
    return weighed % 10 == 0


def is_unicode(value: str) -> bool:
    """False for half a surrogate pair, which no JSON in UTF-8 can carry."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
