"""Nothing of a card is kept: a value that holds what looks like a card's number is refused, and never repeated.

A number looks like one where it has a length and beginning that issuers use (ISO/IEC 7812) and passes the Luhn check
(its annex B), with or without blanks, dots or hyphens in it.
"""

from __future__ import annotations

import re
import unicodedata

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

RUN = re.compile(r"(?<![0-9])[0-9](?:[ .\-]{0,2}[0-9]){11,18}(?![0-9])")
ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d{2})\d{12}(?:\d{3})?"  # Discover
    r"|3(?:0[0-59]|[689]\d)\d{11}(?:\d{2})?"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14,17}|81\d{14,17}"  # UnionPay
    r"|(?:50|5[6-9]|6\d)\d{10,17}"  # Maestro
)
# Names of columns and members that hold something of a card. They are never read; a file may have them.
FIELD = re.compile(
    r"card|(^|[^a-z])(pan|cvv2?|cvc2?|csc|cvn|expir\w*|exp|iban|account_?number)([^a-z]|$)", re.IGNORECASE
)


def holds_card_number(text: str) -> bool:
    """Whether anything in the text looks like a card's number."""
    plain = unicodedata.normalize("NFKC", text)
    if sum(each.isdecimal() for each in plain) < 12:
        return False
    plain = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in plain)
    plain = "".join(each for each in plain if unicodedata.category(each) != "Cf")
    plain = re.sub(r"[\u2010-\u2015\u2212_/]", "-", re.sub(r"\s", " ", plain))
    return any(is_number(re.sub(r"\D", "", each[0])) for each in RUN.finditer(plain))


def is_number(digits: str) -> bool:
    return bool(ISSUED.fullmatch(digits)) and passes_luhn(digits)


def passes_luhn(digits: str) -> bool:
    total = 0
    for place, each in enumerate(reversed(digits)):
        value = int(each) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card_field(name: str) -> bool:
    """Whether a column or member of this name would hold something of a card."""
    return bool(FIELD.search(name))


def refuse_card(text: str, field: str) -> None:
    """Raises `Invalid`, without the value, where the text holds what looks like a card's number."""
    if holds_card_number(text):
        raise Invalid(
            _("{field} holds what looks like the number of a card; it was refused and is kept nowhere.").format(
                field=field
            ),
            field=field,
            hint=_("Leave card data out. An order number that only looks like one needs a letter before it."),
        )
