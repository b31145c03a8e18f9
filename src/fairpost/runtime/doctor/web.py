"""Checks that the web process answers on this machine."""

from __future__ import annotations

import http.client

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.bind import address_and_port
from fairpost.runtime.doctor.finding import Finding

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
PATIENCE = 5.0


def check(configuration: Configuration) -> Finding:
    address, port = address_and_port(configuration.web_bind)
    session = http.client.HTTPConnection(ANYWHERE.get(address, address), port, timeout=PATIENCE)
    try:
        session.request("GET", "/", headers={"Host": configuration.platform_host})
        status = session.getresponse().status
    except (OSError, http.client.HTTPException):
        return Finding(
            "web",
            "warning",
            _("Nothing answers on {bind}.").format(bind=configuration.web_bind),
            _("Start it with `fairpost serve` or `fairpost web`, if this machine is to serve pages."),
        )
    finally:
        session.close()
    says = _("{bind} answers with status {status}.").format(bind=configuration.web_bind, status=status)
    if status >= 500:
        return Finding("web", "error", says, _("Look at the log of `fairpost web`."))
    return Finding("web", "ok", says)
