"""A value of each kind of attribute is read from text into the JSON that is kept, or refused with the reason.

text: as it is. number: JSON number. date: text YYYY-MM-DD. boolean: true or false. Empty means not set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

from fairpost.kernel.text import _

LONGEST_TEXT = 10_000
NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})(?:[.,][0-9]{1,12})?\Z", re.ASCII)
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.,+Z -]*)?\Z", re.ASCII)
DOTTED_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\Z", re.ASCII)
SLASHED_DAY = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})\Z", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TRUE = frozenset(["1", "true", "t", "yes", "y", "on", "x", "oui", "vrai", "si", "sì", "vero"])
FALSE = frozenset(["0", "false", "f", "no", "n", "off", "non", "faux", "falso"])


class Unreadable(ValueError):
    """The value is none of its kind; the message says why."""


def read_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Unreadable(_("longer than {limit} characters").format(limit=LONGEST_TEXT))
    if CONTROL.search(text):
        raise Unreadable(_("it holds a control character"))
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        raise Unreadable(_("its bytes are not text in the file's encoding"))
    return json.dumps(text, ensure_ascii=False)


def read_number(text: str) -> str:
    found = NUMBER.match(text)
    if not found:
        raise Unreadable(_("not a number"))
    if "," in text and len(text.rpartition(",")[2]) == 3:
        raise Unreadable(_("not a number: {text} may be a thousand or a fraction").format(text=text))
    return text.lstrip("+").replace(",", ".")


def read_boolean(text: str) -> str:
    word = text.lower()
    if word in TRUE:
        return "true"
    if word in FALSE:
        return "false"
    raise Unreadable(_("neither yes nor no"))


def read_date(text: str) -> str:
    """ISO 8601 and 31.1.2024, which nobody reads in two ways."""
    found = ISO_DAY.match(text)
    if found:
        return day_of(found[1], found[2], found[3])
    found = DOTTED_DAY.match(text)
    if found:
        return day_of(found[3], found[2], found[1])
    if SLASHED_DAY.match(text):
        raise Unreadable(_("day and month cannot be told apart: say date:dmy or date:mdy"))
    raise Unreadable(_("not a date such as 2024-01-31"))


def read_day_first(text: str) -> str:
    found = SLASHED_DAY.match(text)
    return day_of(found[3], found[2], found[1]) if found else read_date(text)


def read_month_first(text: str) -> str:
    found = SLASHED_DAY.match(text)
    return day_of(found[3], found[1], found[2]) if found else read_date(text)


def day_of(year: str, month: str, day: str) -> str:
    try:
        return f'"{date(int(year), int(month), int(day)).isoformat()}"'
    except ValueError:
        raise Unreadable(_("there is no such day")) from None


# How a column may be declared, and how it is then read. All dates are kept alike.
READERS: dict[str, Callable[[str], str]] = {
    "text": read_text,
    "number": read_number,
    "boolean": read_boolean,
    "date": read_date,
    "date:dmy": read_day_first,
    "date:mdy": read_month_first,
}
