"""Every text that may reach a mail header or a terminal is one line without control characters."""

from __future__ import annotations

import unicodedata

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

# Cc: control; Cs: surrogates; Zl, Zp: line and paragraph separators. Cf stays (joiners in names, emoji), but
# not the overrides that make text read in another order than it is written.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
REFUSED_CHARACTERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def single_line(value: str, field: str, max_length: int = 200, *, required: bool = True) -> str:
    """`value` without surrounding blanks, in Unicode form NFC, proven safe for a header (RFC 5322, 2.2).

    Raises `Invalid` where it holds a line break, another control character or an override of the writing
    direction (nothing is silently removed: it may be an attack), is longer than `max_length` characters, or
    is empty though `required`.
    """
    if any(unicodedata.category(c) in REFUSED_CATEGORIES or c in REFUSED_CHARACTERS for c in value):
        raise Invalid(
            _("{field} holds a line break or another control character.").format(field=field),
            field=field,
            hint=_("Give it as one line of plain text."),
        )
    value = unicodedata.normalize("NFC", value).strip()
    if required and not value:
        raise Invalid(_("{field} is empty.").format(field=field), field=field)
    if len(value) > max_length:
        raise Invalid(
            _("{field} is {length} characters long; at most {most} are allowed.").format(
                field=field, length=len(value), most=max_length
            ),
            field=field,
        )
    return value


def several_lines(value: str, field: str, max_length: int = 2000, *, required: bool = True) -> str:
    """Like `single_line` for text of several lines that never reaches a header: line ends become LF."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(single_line(line, field, max_length, required=False) for line in lines).strip()
    return text if not text and not required else checked_length(text, field, max_length)


def checked_length(text: str, field: str, max_length: int) -> str:
    if not text:
        raise Invalid(_("{field} is empty.").format(field=field), field=field)
    if len(text) > max_length:
        raise Invalid(
            _("{field} is {length} characters long; at most {most} are allowed.").format(
                field=field, length=len(text), most=max_length
            ),
            field=field,
        )
    return text
