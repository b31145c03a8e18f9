"""The command line's help, and what click itself says, come in the language of the process.

Help is written in English where commands and options are declared, evaluated at import; it is translated
when a command is loaded, so that a list of commands stays as quick as its table. click asks gettext's global
domain, which follows environment variables and a folder layout of its own; here it asks our catalogues.
"""

from __future__ import annotations

from copy import copy
from inspect import cleandoc

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

from fairpost.kernel.text import _, current_language, mark

ASKS_GETTEXT = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.termui,
    click.types,
)

# What a user of ours can meet of click's own sentences; tests hold them to the installed click.
CLICKS_OWN = frozenset(
    {
        mark("(Did you mean one of: {possibilities}?)"),
        mark("Argument {name!r} takes {nargs} values."),
        mark("Choose from:\n\t{choices}"),
        mark("Commands"),
        mark("Could not open file {filename!r}: {message}"),
        mark("Did you mean {possibility}?"),
        mark("Error: The two entered values do not match."),
        mark("Error: {message}"),
        mark("Got unexpected extra argument ({args})"),
        mark("Got unexpected extra arguments ({args})"),
        mark("Invalid value for {param_hint}: {message}"),
        mark("Invalid value: {message}"),
        mark("Missing argument"),
        mark("Missing command."),
        mark("Missing option"),
        mark("Missing parameter"),
        mark("No such command {name!r}."),
        mark("No such option {name!r}."),
        mark("Option {name!r} does not take a value."),
        mark("Option {name!r} requires an argument."),
        mark("Option {name!r} requires {nargs} arguments."),
        mark("Options"),
        mark("Repeat for confirmation"),
        mark("Show the version and exit."),
        mark("Show this message and exit."),
        mark("Try '{command} {option}' for help."),
        mark("Usage:"),
        mark("default: {default}"),
        mark("directory"),
        mark("file"),
        mark("path"),
        mark("required"),
        mark("{name} {filename!r} does not exist."),
        mark("{name} {filename!r} is a directory."),
        mark("{name} {filename!r} is a file."),
        mark("{name} {filename!r} is not readable."),
        mark("{name} {filename!r} is not writable."),
        mark("{value!r} is not a valid {number_type}."),
        mark("{value!r} is not one of {choices}."),
        mark("{value!r} is not {choice}."),
        mark("{value} is not in the range {range}."),
    }
)


def let_click_ask_us() -> None:
    """From here on click's own sentences go through `_` like ours."""
    for module in ASKS_GETTEXT:
        for name, ours in (("_", _), ("ngettext", one_or_many)):
            if hasattr(module, name):
                setattr(module, name, ours)


def one_or_many(one: str, many: str, count: int) -> str:
    return _(one if count == 1 else many)


def translated(command: click.Command) -> click.Command:
    """The command, with all below it, in the language of this context; nothing of the one given is changed."""
    if current_language() == "en":
        return command
    spoken = copy(command)
    spoken.help, spoken.short_help = said(command.help), said(command.short_help)
    spoken.params = [translated_parameter(each) for each in command.params]
    if isinstance(spoken, click.Group):
        spoken.commands = {name: translated(each) for name, each in spoken.commands.items()}
    return spoken


def translated_parameter(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    spoken = copy(parameter)
    spoken.help = said(parameter.help)
    return spoken


def said(help: str | None) -> str | None:
    """What the catalogues know is the text without the source's indentation."""
    if not help:
        return help
    text = cleandoc(help)
    return _(text)


def texts(command: click.Command) -> list[str]:
    """What `translated` looks up for this command alone."""
    options = [each.help for each in command.params if isinstance(each, click.Option)]
    return [cleandoc(help) for help in (command.help, command.short_help, *options) if help]
