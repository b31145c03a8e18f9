"""`fairpost audit` with `retention`, whose types of records only the composition root knows."""

from __future__ import annotations

import click

from fairpost.cli.audit import command
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting

__all__ = ["command"]


@command.group("retention", invoke_without_command=True)
@click.pass_context
@json_option
def retention(context: click.Context, as_json: bool) -> None:
    """List for how many days each type of record is kept, or set it."""
    if context.invoked_subcommand is None:
        from fairpost.runtime.retention import kept
        from fairpost.tenants.authorise import authorise

        authorise(acting(), "audit.read")
        emit(kept(), as_json)


@retention.command("set")
@click.argument("record_type")
@click.argument("days", type=int)
@click.option("--reason", help="Why, for the record.")
@json_option
def set_(record_type: str, days: int, reason: str | None, as_json: bool) -> None:
    """Keep records of RECORD_TYPE for so many DAYS."""
    from fairpost.audit.actions.set_retention import set_retention
    from fairpost.runtime import retention as types

    name = types.record_type(record_type).name
    set_retention(actor=acting(), record_type=name, days=days, reason=reason)
    emit(next(each for each in types.kept() if each.name == name), as_json)
