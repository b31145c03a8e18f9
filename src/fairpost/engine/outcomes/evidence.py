"""Holds what one source says of one failed recipient, before a class is made of it, and finds addresses in text."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_RECIPIENTS = 256
MAX_DIAGNOSTIC = 2_000

# Bounded on both sides, so that a line of ten thousand dots costs no more than its length.
ADDRESS = re.compile(
    r"""(?<![\w.+/=@-])((?:"[^"\s@]{1,64}"|[\w.!#$%&'*+/=?^`{|}~-]{1,64})@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8})"""
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """stage: rcpt, data, mail, connect or "" where nothing says at which command the refusal came.

    status: only where a field of its own says it; codes inside `text` are read by verdict.py. category: the class that
    PowerMTA gave.
    """

    recipient: str
    text: str
    action: str = ""
    status: str = ""
    stage: str = ""
    category: str = ""


def addresses_in(text: str) -> list[str]:
    """The addresses in some text, in order, each once."""
    found: dict[str, str] = {}
    for match in ADDRESS.finditer(text):
        address = match[1].strip("'").rstrip(".")
        found.setdefault(address.lower(), address)
    return list(found.values())


def only_address(value: str) -> str:
    """The address in a field such as `rfc822; <ada@example.org>` (RFC 3464, section 2.1.2), or ""."""
    _kind, mark, rest = value.partition(";")
    rest = (rest if mark else value).strip()
    bare = rest.strip("<> \t")
    if bare.startswith("|") or " " in bare or "@" not in bare.strip('"'):
        return next(iter(addresses_in(rest)), "")
    match = ADDRESS.search(bare)
    return match[1].rstrip(".") if match else bare[:320]


def one_line(text: str) -> str:
    """Without breaks and runs of blanks, cut at MAX_DIAGNOSTIC."""
    return " ".join(text[: MAX_DIAGNOSTIC * 4].split())[:MAX_DIAGNOSTIC]
