"""`fairpost serve`: database, web, edge, sender, worker and mail intake, all on this machine, kept running."""

from __future__ import annotations

import subprocess
import sys
import time

import click

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.runtime import embedded
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.entry import exists
from fairpost.runtime.registry import BY_NAME
from fairpost.runtime.supervisor import Child, Supervisor

PARTS = ("web", "edge", "sender", "worker", "mailin")
ARGUMENTS = {"mailin": ["mailin", "serve"]}  # of parts whose command has several


@click.command(name="serve")
@click.option(
    "--without", multiple=True, type=click.Choice(PARTS), help="Leave a part out; may be given again."
)
def command(without: tuple[str, ...]) -> None:
    """Run the database, web, edge, sender, worker and mail intake until SIGTERM or Ctrl-C.

    A part that dies is started again, after one second at first and at most thirty. What is being sent when
    the end is asked for is finished. An embedded database that was started here is stopped at the end.
    """
    configuration = load_configuration()
    started = not configuration.database_url and embedded.start(configuration)
    try:
        bring_tables_up_to_date()
        children = [
            Child(name, program(*ARGUMENTS.get(name, [name])))
            for name in PARTS
            if name not in without and exists(BY_NAME[name]) and wanted(name, configuration)
        ]
        click.echo(
            _("Fairpost runs: {parts}. Pages at {url}. Ctrl-C ends it.").format(
                parts=", ".join(child.name for child in children), url=configuration.platform_url
            )
        )
        Supervisor(children, watch=DatabaseWatch(configuration), patience=75).run()
    finally:
        if started:
            embedded.stop(configuration)
    click.echo(_("Fairpost has ended."))


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fairpost.runtime", *arguments]


def wanted(name: str, configuration: Configuration) -> bool:
    """Whether the settings leave a part anything to do."""
    return name != "mailin" or bool(configuration.mailin_bind or configuration.mailin_lmtp_bind)


def bring_tables_up_to_date() -> None:
    """Migrates in a process of its own: this one stays small and knows no Django."""
    done = subprocess.run([*program("db"), "migrate"], capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(
            _("The tables could not be brought up to date: {said}").format(said=done.stderr.strip()[-500:])
        )


class DatabaseWatch:
    """Starts the embedded server again when it died; looks once a second."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.next_look = 0.0

    def __call__(self) -> None:
        if self.configuration.database_url or time.monotonic() < self.next_look:
            return
        if not embedded.status(self.configuration).running:
            click.echo(_("The database has died; starting it again."), err=True)
            try:
                embedded.start(self.configuration)
            except Unavailable as error:
                click.echo(f"fairpost: {error}", err=True)
        self.next_look = time.monotonic() + 1
