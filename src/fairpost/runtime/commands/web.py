"""`fairpost web`: serves pages and API with granian, in processes of threads."""

from __future__ import annotations

import os
import socket

import click
from django.conf import settings
from django.db import connections
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.runtime.bind import address_and_port
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.logs import configure_logging
from fairpost.runtime.session_secret import session_secret
from fairpost.tenants.keyring import installation_keyring


@click.command(name="web")
@click.option("--bind", default="", help="Address and port; default: the setting web_bind.")
def command(bind: str) -> None:
    """Serve the pages and the API until SIGTERM or Ctrl-C."""
    configuration = load_configuration()
    configure_logging(configuration.log_level)
    installation_keyring()  # made now where it is missing: every process signs sessions under the same one
    settings.SECRET_KEY = session_secret(configuration)
    connections.close_all()  # the serving processes are forked: they must not inherit a session
    address, port = address_and_port(bind or configuration.web_bind)
    refuse_taken(address, port)
    threads = configuration.web_threads or (os.cpu_count() or 1) * 2 + 1
    Granian(
        "fairpost.runtime.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        loop=Loops.asyncio,
        workers=configuration.web_processes,
        blocking_threads=threads,
        backpressure=threads * 8,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def refuse_taken(address: str, port: int) -> None:
    """Says so where another program listens there already; the server itself would only die."""
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
                hint=_("Choose another with FAIRPOST_WEB_BIND."),
            ) from error
