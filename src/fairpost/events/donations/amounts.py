"""An amount is read in one way only: what could be read in two is refused, because nobody would see which one was."""

from __future__ import annotations

import re

from fairpost.events.donations.currencies import EXPONENTS
from fairpost.events.donations.lines import unknown_currency
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

PLAIN = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,4}))?")


def read_amount(text: str, currency: str, *, comma: bool = False) -> int:
    """The minor units that `1234.50` means; with `comma`, that `1234,50` means. No other signs are read.

    Raises `Invalid` for separators of thousands, and for more decimals than the currency (ISO 4217) has: `1.234` may
    be more than a thousand or little more than one.
    """
    if currency not in EXPONENTS:
        raise unknown_currency(currency)
    exponent = EXPONENTS[currency]
    given = text.strip()
    if comma:
        given = given.translate(str.maketrans(",.", ".,"))
    match = PLAIN.fullmatch(given)
    if match is None or len(match[2] or "") > exponent:
        raise Invalid(
            _("{text} can be read in more ways than one, or is no amount of {currency}.").format(
                text=repr(text[:40]), currency=currency
            ),
            field="amount",
            hint=_("Write digits and, before the decimals, one {sign}: {example}. No separators of thousands.").format(
                sign=_("comma") if comma else _("dot"), example=example(exponent, comma)
            ),
        )
    return int(match[1]) * 10**exponent + int((match[2] or "").ljust(exponent, "0") or 0)


def example(exponent: int, comma: bool) -> str:
    whole = "1234"
    return f"{whole}{',' if comma else '.'}{'5'.ljust(exponent, '0')}" if exponent else whole


def write_amount(amount: int, currency: str) -> str:
    """`1234.50` of 123450 minor units: digits, a dot and the currency's decimals, for files and programs."""
    exponent = EXPONENTS[currency]
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    if not exponent:
        return f"{sign}{amount}"
    whole, rest = divmod(amount, 10**exponent)
    return f"{sign}{whole}.{rest:0{exponent}d}"
