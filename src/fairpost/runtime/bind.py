"""Reads where a server listens: address and port in one setting."""

from __future__ import annotations

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def address_and_port(text: str, setting: str = "web_bind") -> tuple[str, int]:
    """`127.0.0.1:8025` or `[::1]:8025`, taken apart; `setting` is where it stands."""
    address, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise Invalid(
            _("Setting {setting} must be address:port, not {text!r}.").format(setting=setting, text=text), field=setting
        )
    return address.strip("[]") or "127.0.0.1", int(port)
