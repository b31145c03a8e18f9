"""Where a server listens: address and port in one setting, and whether they are free."""

from __future__ import annotations

import socket

from fairpost.kernel.errors import Invalid, Unavailable
from fairpost.kernel.text import _


def address_and_port(text: str, setting: str = "web_bind") -> tuple[str, int]:
    """`127.0.0.1:8025` or `[::1]:8025`, taken apart; `setting` is where it stands."""
    address, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise Invalid(
            _("Setting {setting} must be address:port, not {text!r}.").format(setting=setting, text=text), field=setting
        )
    return address.strip("[]") or "127.0.0.1", int(port)


def refuse_taken(address: str, port: int, variable: str) -> None:
    """Says so where another program listens there already; a server itself would only die. `variable` sets it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((address, port))
        except OSError as error:
            raise Unavailable(
                _("Nothing can listen on {address} port {port}: {why}.").format(
                    address=address, port=port, why=error.strerror
                ),
                hint=_("Choose another with {variable}.").format(variable=variable),
            ) from error
