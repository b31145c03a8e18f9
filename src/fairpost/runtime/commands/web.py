"""`fairpost web`: serves pages and API with granian, in processes of threads."""

from __future__ import annotations

import os

import click
from django.conf import settings
from django.db import connections
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from fairpost.runtime.bind import address_and_port, refuse_taken
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
    refuse_taken(address, port, "FAIRPOST_WEB_BIND")
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
