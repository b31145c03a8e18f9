"""Takes a returned message apart: what its writer says, the fields a machine reads, and the message that came back.

By RFC 6522 these are three parts of a `multipart/report`. Many systems send one text instead, with a line such as
"Below this line is a copy of the message" between the two; `signs.csv` lists such lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairpost.engine.outcomes.bounded_mail import Fields, Mail, Part, fields_of, split_head
from fairpost.engine.outcomes.signs import sign

MAX_WORDS = 32_768
MAX_LINE = 1_000
ORIGINALS = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
REPORTS = frozenset({"message/feedback-report"})
HEADER_LINE = re.compile(r"\s{0,8}(received|return-path|x-originating-ip|delivered-to|dkim-signature):", re.IGNORECASE)
ANY_FIELD = re.compile(r"\s{0,8}[A-Za-z][A-Za-z0-9-]{1,60}:")
STATUS_LINE = re.compile(r"^\s{0,8}(?:original|final)-recipient\s*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Notice:
    """words: what is said, without the message that came back. statuses: texts of `Name: value` groups (RFC 3464).
    reports: the same of a feedback report (RFC 5965). original: the fields of the message that came
    back. inner: that message itself, where it may be a notice of its own. first_text: all of the first part."""

    fields: Fields
    words: str
    statuses: tuple[str, ...]
    reports: tuple[str, ...]
    original: Fields
    original_given: bool
    first_text: str
    inner: bytes


def notice_in(mail: Mail) -> Notice:
    """What the message says, by part."""
    statuses = [part.text() for part in mail.parts if part.kind in STATUSES]
    reports = [part.text() for part in mail.parts if part.kind in REPORTS]
    start = next((number for number, part in enumerate(mail.parts) if is_original(part, mail)), len(mail.parts))
    originals = list(mail.parts[start:])
    words, inline = said([part for part in mail.parts[:start] if part.kind not in STATUSES | REPORTS])
    if not statuses and (line := STATUS_LINE.search(words)):
        statuses = [words[line.start() :]]
    original = fields_in(originals[0]) if originals else fields_of(without_indent(inline))
    inner = originals[0].octets if originals else inline.encode("utf-8", "surrogatepass")
    first = mail.parts[0].text() if mail.parts and not mail.parts[0].kind.startswith("message/") else ""
    given = bool(originals or inline)
    return Notice(mail.fields, words, tuple(statuses), tuple(reports), original, given, first, inner)


def is_original(part: Part, mail: Mail) -> bool:
    """Whether this part is the message that came back. Some systems put its fields among the part's own."""
    own = part.fields is not mail.fields and ("received" in part.fields or "from" in part.fields)
    return own or part.kind in ORIGINALS


def fields_in(part: Part) -> Fields:
    """The fields of an original, wherever they stand."""
    if "received" in part.fields or "from" in part.fields:
        return part.fields
    return split_head(part.decoded().lstrip(b"\n"))[0]


def said(parts: list[Part]) -> tuple[str, str]:
    """The words of the notice and, where it is in the same text, the message that came back.

    HTML is read only where there is no plain text. A part after the first that begins like a header is an
    original whose type was lost.
    """
    texts = [part for part in parts if part.kind in ("text/plain", "", "text")]
    if not any(part.octets.strip() for part in texts):
        texts = [part for part in parts if part.kind == "text/html"]
    words: list[str] = []
    inline = ""
    room = MAX_WORDS
    for part in texts:
        before, after = parted(part.text()[: MAX_WORDS * 2])
        words.append(before[:room])
        room -= len(before)
        inline = inline or after
        if room <= 0 or after:
            break
    return "\n".join(words), inline


def parted(text: str) -> tuple[str, str]:
    """What stands before the message that came back, and that message."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if sign("original").search(line[:200]):
            return "\n".join(each[:MAX_LINE] for each in lines[:number]), "\n".join(lines[number + 1 :])
        if HEADER_LINE.match(line[:100]) and is_head(lines[number : number + 12]):
            return "\n".join(each[:MAX_LINE] for each in lines[:number]), "\n".join(lines[number:])
    return "\n".join(each[:MAX_LINE] for each in lines), ""


def is_head(lines: list[str]) -> bool:
    """Whether these lines are a message's fields: three named ones, or folded ones between."""
    return sum(1 for line in lines if ANY_FIELD.match(line[:100])) >= 3


def without_indent(text: str) -> str:
    """Quoted headers are sometimes indented, all by the same."""
    lines = text.lstrip("\n").split("\n")
    first = next((line for line in lines if ANY_FIELD.match(line[:100])), "")
    indent = first[: len(first) - len(first.lstrip())]
    start = lines.index(first) if first else 0
    return "\n".join(line.removeprefix(indent) for line in lines[start : start + 2_000])
