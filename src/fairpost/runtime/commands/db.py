"""`fairpost db`: starts, stops and migrates the database, and says how to reach it."""

from __future__ import annotations

import re
from dataclasses import asdict

import click

from fairpost.cli.output import emit, json_option
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _
from fairpost.runtime import embedded
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.prepare import migrate, set_up_django, start_embedded


@click.group(name="db")
def command() -> None:
    """Start, stop and migrate the database."""


@command.command()
@json_option
def start(as_json: bool) -> None:
    """Start the embedded PostgreSQL and leave it running."""
    configuration = own_database()
    started = embedded.start(configuration)
    emit({"started": started} | asdict(embedded.status(configuration)), as_json)


@command.command()
@json_option
def stop(as_json: bool) -> None:
    """Stop the embedded PostgreSQL; what was not committed is undone."""
    configuration = own_database()
    emit({"stopped": embedded.stop(configuration)}, as_json)


@command.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether the database runs and answers; exit 1 where it does not."""
    configuration = load_configuration()
    report: dict = {"kind": "named" if configuration.database_url else "embedded"}
    if not configuration.database_url:
        report |= asdict(embedded.status(configuration))
    report |= answer(url_of_this())
    emit(report, as_json)
    if not report["answers"]:
        raise click.exceptions.Exit(1)


@command.command(name="migrate")
@json_option
def migrate_command(as_json: bool) -> None:
    """Bring the tables up to date; safe to run again and from several machines at once."""
    start_embedded(load_configuration())
    set_up_django()
    applied = migrate()
    emit({"applied": applied}, as_json)


@command.command()
@click.option("--hide-password", is_flag=True, help="Leave the password out.")
@json_option
def url(hide_password: bool, as_json: bool) -> None:
    """Print the database's address, for psql and other programs."""
    address = url_of_this()
    if hide_password:
        address = re.sub(r"//([^:@/]*):[^@/]*@", r"//\1@", address)
    if as_json:
        emit({"url": address}, as_json)
    else:
        click.echo(address)


def own_database():
    """The configuration, where the embedded server is the one to use."""
    configuration = load_configuration()
    if configuration.database_url:
        raise Conflict(
            _("The settings name a PostgreSQL (DATABASE_URL); Fairpost starts and stops only its own."),
            hint=_("Start that server where it runs, or unset DATABASE_URL."),
        )
    return configuration


def url_of_this() -> str:
    from fairpost.runtime.database import effective_url

    return effective_url(load_configuration())


def answer(address: str) -> dict:
    """Whether a session can be opened, and the server's version."""
    import psycopg

    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            return {
                "answers": True,
                "version": connection.execute("SHOW server_version").fetchone()[0],
                "why": None,
            }
    except psycopg.OperationalError as error:
        return {"answers": False, "version": None, "why": str(error).strip().partition("\n")[0]}
