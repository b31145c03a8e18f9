"""The `fairpost` command: finds the subcommand, prepares what it needs, and says what went wrong in one line.

Exit status: 0 done; 1 an error that is not the caller's input, or a part that does not answer (75 where a mail server
is the caller: `Entry.retried`); 2 wrong use or `Invalid` input; 130 Ctrl-C.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Sequence

import click

import fairpost
from fairpost.kernel.text import _, set_process_language
from fairpost.runtime.configure import load_configuration
from fairpost.runtime.prepare import prepared, set_up_django
from fairpost.runtime.registry import BY_NAME, COMMANDS, Entry, Needs
from fairpost.runtime.spoken import let_click_ask_us, translated
from fairpost.runtime.trouble import explained

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


class Registry(click.Group):
    """The group of all commands, each loaded when it is called; a list needs only the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [entry.name for entry in COMMANDS if exists(entry)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = BY_NAME.get(cmd_name)
        return load(entry) if entry and exists(entry) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(entry.name, _(entry.summary)) for entry in COMMANDS if exists(entry)])


@click.command(cls=Registry, name="fairpost")
@click.version_option(fairpost.__version__, message="Fairpost %(version)s")
def commands() -> None:
    """Send email for many senders, and restrict them in the open."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit status."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit status; what went wrong is on standard error."""
    try:
        set_process_language(load_configuration().language)
        let_click_ask_us()
        with prepared(needs_of(arguments)):
            result = translated(commands).main(arguments, prog_name="fairpost", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(_("fairpost: interrupted"), err=True)
        return 130
    except BrokenPipeError:  # whoever read our lines has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        told = explained(error)
        if told is None:
            if not comes_again(arguments):
                raise
            traceback.print_exc()
            return TRY_AGAIN
        click.echo(f"fairpost: {told.sentence}", err=True)
        return TRY_AGAIN if told.exit_status == 1 and comes_again(arguments) else told.exit_status


def comes_again(arguments: list[str]) -> bool:
    """Whether whoever called tries again with the same input when told to."""
    entry = BY_NAME.get(arguments[0]) if arguments else None
    return entry is not None and len(arguments) > 1 and arguments[1] in entry.retried


def needs_of(arguments: list[str]) -> Needs:
    """What the command in these arguments needs; a mere question for help needs nothing."""
    entry = BY_NAME.get(arguments[0]) if arguments else None
    if entry is None or not exists(entry) or "--help" in arguments:
        return Needs.NOTHING
    return Needs.NOTHING if len(arguments) > 1 and arguments[1] in entry.plain else entry.needs


def exists(entry: Entry) -> bool:
    try:
        return importlib.util.find_spec(entry.module) is not None
    except ModuleNotFoundError:
        return False


def load(entry: Entry) -> click.Command:
    if entry.needs is not Needs.NOTHING and not entry.plain:
        set_up_django()  # for --help too: the module imports what needs it
    return translated(getattr(importlib.import_module(entry.module), entry.attribute))
