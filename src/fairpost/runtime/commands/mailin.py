"""`fairpost mailin` with `serve` and `take`, the two ways in which returned mail gets here."""

from __future__ import annotations

import asyncio
import os
from typing import BinaryIO

import click

from fairpost.cli import mailin_reports as _reports  # noqa: F401, its commands are in the group
from fairpost.cli.mailin import command
from fairpost.kernel.errors import Invalid, Unavailable
from fairpost.kernel.text import _
from fairpost.runtime.bind import address_and_port
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.logs import configure_logging

__all__ = ["command"]

# sysexits.h, as mail servers understand them: try again later; there is no such address.
TRY_AGAIN = getattr(os, "EX_TEMPFAIL", 75)
NO_SUCH_ADDRESS = getattr(os, "EX_NOUSER", 67)


@command.command("serve")
@click.option("--bind", default="", help="Address and port for SMTP; default: the setting mailin_bind.")
@click.option("--lmtp-bind", default="", help="Address and port for LMTP; default: the setting mailin_lmtp_bind.")
def serve(bind: str, lmtp_bind: str) -> None:
    """Take returned mail by SMTP and LMTP until SIGTERM or Ctrl-C."""
    from fairpost.mailin.server import Intake
    from fairpost.tenants.keyring import installation_keyring

    configuration = load_configuration()
    configure_logging(configuration.log_level)
    installation_keyring()  # made now where it is missing
    smtp = place(bind or configuration.mailin_bind, "mailin_bind")
    lmtp = place(lmtp_bind or configuration.mailin_lmtp_bind, "mailin_lmtp_bind")
    if smtp is None and lmtp is None:
        raise Invalid(_("Neither mailin_bind nor mailin_lmtp_bind says where mail is taken."), field="mailin_bind")

    async def run() -> None:
        await Intake(smtp, lmtp, configuration.mailin_megabytes, configuration.helo_name).run()

    try:
        asyncio.run(run())
    except OSError as error:
        raise Unavailable(
            _("Mail cannot be taken here: {why}.").format(why=error.strerror or str(error)),
            hint=_("Choose another address or port with FAIRPOST_MAILIN_BIND or FAIRPOST_MAILIN_LMTP_BIND."),
        ) from error


def place(text: str, setting: str) -> tuple[str, int] | None:
    return address_and_port(text, setting) if text else None


@command.command("take")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--recipient", required=True, help="Address that the mail came to.")
@click.option("--sender", default="", help="Sender of its envelope; default: none, as bounces have it.")
def take(file: BinaryIO, recipient: str, sender: str) -> None:
    """Take the mail in FILE (default: standard input).

    Exit status as mail servers read it: 0 taken, 67 no address of ours, 75 try again later.
    """
    from fairpost.mailin.taking import FOREIGN, LATER, take_for

    most = load_configuration().mailin_megabytes
    raw = file.read(most * 1_000_000 + 1)
    if len(raw) > most * 1_000_000:
        raise Invalid(_("The mail is larger than {most} megabytes.").format(most=most))
    status = take_for(raw, sender, recipient)
    if status == FOREIGN:
        click.echo(_("fairpost: {address} is no address of ours.").format(address=repr(recipient)), err=True)
        raise click.exceptions.Exit(NO_SUCH_ADDRESS)
    if status == LATER:
        raise click.exceptions.Exit(TRY_AGAIN)
