"""Lets nothing into an SMTP command line that could end it, split it or add to it (RFC 5321, 4.1.1).

Addresses come from customers' files and templates. A CR, LF, space, bracket or control character in one
would let its author write SMTP commands of their own, so such an address is refused before anything is
written.
"""

from __future__ import annotations

import re
import unicodedata

MAX_PATH = 320
PLAIN = re.compile(rb"[!-;=?-~]+@[!-;=?-~]+")
BROAD = re.compile(rb"[!-;=?-~\x80-\xff]+@[!-;=?-~\x80-\xff]+")
HELO = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Za-z.:]+\]")


def check_address(address: bytes) -> None:
    """Raises ValueError unless `address` can safely stand between < and > of MAIL or RCPT."""
    if PLAIN.fullmatch(address) and len(address) <= MAX_PATH:
        return
    if len(address) > MAX_PATH:
        raise ValueError(f"the address is longer than {MAX_PATH} octets")
    if not BROAD.fullmatch(address):
        raise ValueError("the address has no @, or a space, bracket or control character in it")
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in address.decode("utf-8")):
        raise ValueError("the address has a control character in it")


def check_sender(address: bytes) -> None:
    """As check_address, and the null sender `<>` is allowed (RFC 5321, 4.5.5)."""
    if address:
        check_address(address)


def check_helo(name: str) -> None:
    """Raises ValueError unless `name` is a host name or an address literal (RFC 5321, 4.1.1.1)."""
    if not HELO.fullmatch(name):
        raise ValueError(f"{name!r} cannot be given in EHLO: it must be a host name or an address literal")
