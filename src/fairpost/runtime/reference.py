"""Writes the reference of settings and commands out of their declarations; `make reference` runs this.

The tests compare the files with what this would write, so that neither can say more or less than the
program does.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from fairpost.kernel.configuration import documented

FOLDER = Path("docs/reference")

SETTINGS_HEAD = """# Settings

Every setting can be given in three ways; the first that is there counts:

1. in the environment, under the name below;
2. in the TOML file that `FAIRPOST_SETTINGS` names, under the same name without `FAIRPOST_` and in small letters
   (`data_dir = "/srv/fairpost"`); an unknown name in it is an error;
3. by its default.

`DATABASE_URL` without prefix is honoured as well. `FAIRPOST_API_KEY` and `FAIRPOST_ACCOUNT` are no settings of the
installation: they say who uses the command line, and in which account.

| name | default | what it is for |
| --- | --- | --- |
"""

COMMANDS_HEAD = """# Commands

`fairpost COMMAND --help` says the same. Commands that report take `--json` and then print one JSON document.

Exit status: 0 done; 1 something else is wrong (no such thing, not allowed, a part does not answer, a check failed);
2 the command or its input cannot be used as it is; 130 Ctrl-C. What went wrong is one line on standard error.

A command that needs the database starts the embedded one where it is the one to use and does not run; it then stays
until `fairpost db stop`, except for `demo` and `bench`, which stop what they started.
"""


def settings_page() -> str:
    rows = (f"| `{name}` | {f'`{default}`' if default else ''} | {help} |\n" for name, default, help in documented())
    return SETTINGS_HEAD + "".join(rows)


def commands_page() -> str:
    return COMMANDS_HEAD + "".join(section(path, command) for path, command in every_command())


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Each command and subcommand with its full name, in the order of the help."""
    from fairpost.runtime.entry import commands

    yield from below("fairpost", commands)


def below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from below(f"{path} {name}", inner)


def section(path: str, command: click.Command) -> str:
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    usage = " ".join([path, *(each.make_metavar(click.Context(command)) for each in arguments)])
    lines = [f"\n## `{usage}`\n\n{cleandoc(command.help or '').replace(chr(8), '').strip()}\n"]
    if options:
        lines.append("\n")
    lines += [f"- {names(option)}{meaning(option)}\n" for option in options]
    return "".join(lines)


def names(option: click.Option) -> str:
    return ", ".join(f"`{each}`" for each in [*option.opts, *option.secondary_opts])


def meaning(option: click.Option) -> str:
    choices = getattr(option.type, "choices", None)
    said = (option.help or "").rstrip(".")
    if choices:
        said += f" ({', '.join(map(str, choices))})"
    return f": {said}{'; required' if option.required else ''}." if said else "."


def main() -> None:
    from fairpost.runtime.prepare import set_up_django

    set_up_django()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "settings.md").write_text(settings_page())
    (FOLDER / "commands.md").write_text(commands_page())


if __name__ == "__main__":
    main()
