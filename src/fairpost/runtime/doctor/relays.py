"""Checks that every relay takes connections from this machine and that none has been stopped."""

from __future__ import annotations

import socket

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding
from fairpost.runtime.prepare import set_up_django

PATIENCE = 5.0


def check(_configuration: Configuration) -> Finding:
    set_up_django()
    from django.db import DatabaseError

    from fairpost.delivery.queries.relays import relays

    try:
        known = relays()
    except DatabaseError:
        return Finding("relays", "error", _("Not looked at: the database does not answer."), _("See above."))
    if not known:
        return Finding("relays", "warning", _("No relay is set up yet."), _("Add one with `fairpost relay create`."))
    deaf = [f"{each.name} ({why})" for each in known if (why := refusal(each.host, each.port))]
    if deaf:
        return Finding(
            "relays",
            "error",
            _("Not reachable: {names}.").format(names=", ".join(deaf)),
            _("Check host, port and firewall of each."),
        )
    stopped = [f"{each.name} ({each.state_reason})" for each in known if each.state != "active"]
    if stopped:
        return Finding(
            "relays",
            "warning",
            _("Stopped: {names}.").format(names=", ".join(stopped)),
            _("Mend the reason, then `fairpost relay resume`."),
        )
    return Finding("relays", "ok", _("{count} take connections.").format(count=len(known)))


def refusal(host: str, port: int) -> str:
    """Why no connection can be made; empty where one can."""
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
