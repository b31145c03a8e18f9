"""`fairpost sender`: the sending processes of this machine and the fold of their journals."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from pathlib import Path

import click
from django.conf import settings

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.delivery.actions.abandon_sender import abandon_sender
from fairpost.delivery.connect import connect
from fairpost.delivery.fold.folder import fold_directory
from fairpost.delivery.queries.senders import senders
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.runtime.supervisor import Child, Supervisor


def journal_directory() -> Path:
    """Where the sending processes of this machine keep their journals."""
    return Path(settings.FAIRPOST.data_dir) / "journal"


@click.group("sender", invoke_without_command=True)
@click.option(
    "--processes", type=click.IntRange(1, 64), help="Sending processes; default: FAIRPOST_SENDER_PROCESSES."
)
@click.pass_context
def command(context: click.Context, processes: int | None) -> None:
    """Send what is due: starts sending processes and one fold, and keeps them running until stopped."""
    if context.invoked_subcommand is None:
        names = [
            f"send-{number}" for number in range(1, (processes or settings.FAIRPOST.sender_processes) + 1)
        ]
        children = [Child("fold", part("fold")), *(Child(name, part("process")) for name in names)]
        Supervisor(children).run()


def part(name: str) -> list[str]:
    return [sys.executable, "-m", "fairpost.runtime", "sender", name]


@command.command("process")
def process() -> None:
    """Be one sending process (what `fairpost sender` starts)."""
    import uvloop

    from fairpost.delivery.sending.process import SendingProcess

    configuration = settings.FAIRPOST
    sending = SendingProcess(journal_directory(), configuration.sender_connections, configuration.helo_name)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for number in (signal.SIGTERM, signal.SIGINT):
            runner.get_loop().add_signal_handler(number, sending.stop)
        runner.run(sending.run())


@command.command("fold")
def fold() -> None:
    """Be the fold of this machine's journals (what `fairpost sender` starts)."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    directory = journal_directory()
    directory.mkdir(parents=True, exist_ok=True)
    fold_directory(directory, SYSTEM_CLOCK, connect, stopped.is_set, lambda why: click.echo(why, err=True))


@command.command("list")
@json_option
def list_senders(as_json: bool) -> None:
    """Sending processes that are registered, and whether their permits are alive."""
    emit(senders(), as_json)


@command.command("abandon")
@click.argument("sender_id")
@click.option("--reason", required=True, help="Why its machine will not come back.")
@json_option
def abandon(sender_id: str, reason: str, as_json: bool) -> None:
    """Give the leases of a sender whose machine is lost to others. Says how many messages are uncertain."""
    emit(abandon_sender(actor=acting(), sender_id=sender_id, reason=reason), as_json)
