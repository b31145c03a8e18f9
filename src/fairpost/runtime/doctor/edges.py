"""Checks that the edge answers on this machine, folds what it takes, and that no edge keeps senders waiting."""

from __future__ import annotations

import http.client
import json

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.bind import address_and_port
from fairpost.runtime.doctor.finding import Finding
from fairpost.runtime.doctor.web import ANYWHERE, PATIENCE
from fairpost.runtime.prepare import set_up_django


def check(configuration: Configuration) -> Finding:
    silent = silent_hosts()
    if silent:
        return Finding(
            "edge",
            "error",
            _("Senders wait for edges that are silent: {edges}.").format(edges=", ".join(silent)),
            _("Start `fairpost edge` there again; if it will never come back: `fairpost edges lost`."),
        )
    told = health(configuration)
    if told is None:
        return Finding(
            "edge",
            "warning",
            _("Nothing answers on {bind}.").format(bind=configuration.edge_bind),
            _("Start it with `fairpost serve` or `fairpost edge`, if links of mails lead to this machine."),
        )
    if not told.get("folding"):
        return Finding(
            "edge",
            "error",
            _("{bind} answers, and what it takes does not reach the database.").format(bind=configuration.edge_bind),
            _("Look at the log of `fairpost edge`."),
        )
    says = _("{bind} answers; links of mails lead to {url}.").format(
        bind=configuration.edge_bind, url=configuration.links_url
    )
    return Finding("edge", "ok", says)


def silent_hosts() -> list[str]:
    """Edges that senders wait for, as `host (id)`; none where the database does not answer, which is said elsewhere."""
    set_up_django()
    from django.db import DatabaseError

    from fairpost.delivery.queries.edges import silent_edges

    try:
        return [f"{each.host} ({each.edge_id})" for each in silent_edges()]
    except DatabaseError:
        return []


def health(configuration: Configuration) -> dict | None:
    """What the edge here says of itself; None where none answers."""
    address, port = address_and_port(configuration.edge_bind, "edge_bind")
    session = http.client.HTTPConnection(ANYWHERE.get(address, address), port, timeout=PATIENCE)
    try:
        session.request("GET", "/healthz")
        return json.loads(session.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        session.close()
