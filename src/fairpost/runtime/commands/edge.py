"""`fairpost edge`: the serving processes of this machine's edge and the process that folds what they take."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import click

from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.runtime.bind import address_and_port, refuse_taken
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.logs import configure_logging
from fairpost.runtime.prepare import set_up_django
from fairpost.runtime.supervisor import Child, Supervisor

HEADERS_MS = 10_000  # until the head of a request must be there
HEAD_OCTETS = 65_536
AT_ONCE = 4_096  # requests that one process answers at the same time


@click.group("edge", invoke_without_command=True)
@click.option("--bind", default="", help="Address and port; default: the setting edge_bind.")
@click.option("--processes", type=click.IntRange(1, 64), help="Serving processes; default: the setting edge_processes.")
@click.pass_context
def command(context: click.Context, bind: str, processes: int | None) -> None:
    """Take opens, clicks, unsubscribes and what providers post until SIGTERM or Ctrl-C, database or not.

    It starts serving processes and one that folds what they take into the database.
    """
    if context.invoked_subcommand is not None:
        return
    configuration = load_configuration()
    chosen = bind or configuration.edge_bind
    refuse_taken(*address_and_port(chosen, "edge_bind"), "FAIRPOST_EDGE_BIND")
    serve = [*part("serve"), "--bind", chosen, "--processes", str(processes or configuration.edge_processes)]
    Supervisor([Child("edge-fold", part("fold")), Child("edge", serve)]).run()


def part(name: str) -> list[str]:
    return [sys.executable, "-m", "fairpost.runtime", "edge", name]


@command.command("serve")
@click.option("--bind", required=True, help="Address and port.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, help="Serving processes.")
def serve(bind: str, processes: int) -> None:
    """Be the serving processes (what `fairpost edge` starts)."""
    configure_logging(load_configuration().log_level)
    serve_asgi("fairpost.runtime.edge_asgi:application", *address_and_port(bind, "edge_bind"), processes)


def serve_asgi(target: str, address: str, port: int, processes: int) -> None:
    """Serves an ASGI application as the edge is served, until SIGTERM."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    Granian(
        target,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MS, max_buffer_size=HEAD_OCTETS),
        workers=processes,
        backlog=2 * AT_ONCE,
        backpressure=AT_ONCE,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=25,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


@command.command("fold")
def fold() -> None:
    """Be the folding process (what `fairpost edge` starts)."""
    set_up_django()
    from fairpost.delivery.connect import connect
    from fairpost.events.fold.process import EdgeFold, Taken

    configuration = load_configuration()
    configure_logging(configuration.log_level)
    folder = Path(configuration.data_dir) / "edge"
    try:
        folding = EdgeFold(folder, SYSTEM_CLOCK, connect, socket.gethostname())
    except Taken:
        raise Conflict(
            _("Another process folds {folder} already.").format(folder=folder),
            hint=_("One edge has one data folder: end the other, or give this one its own with FAIRPOST_DATA_DIR."),
        ) from None
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: folding.stop())
    folding.run()
