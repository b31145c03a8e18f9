"""Reads where a server listens: address and port in one setting."""

from __future__ import annotations

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def address_and_port(text: str) -> tuple[str, int]:
    """`127.0.0.1:8025` or `[::1]:8025`, taken apart."""
    address, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise Invalid(
            _("Setting web_bind must be address:port, not {text!r}.").format(text=text), field="web_bind"
        )
    return address.strip("[]") or "127.0.0.1", int(port)
