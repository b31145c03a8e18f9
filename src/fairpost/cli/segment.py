"""`fairpost segment`: saved conditions over contacts."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.text import _


@click.group("segment")
def command() -> None:
    """Saved conditions, such as: country = "IT" and not list("Donors")."""


@command.command("create")
@click.argument("name")
@click.argument("condition")
@click.option("--unit", type=int, help="Business unit that alone sees the segment; default: the whole account.")
@account_option
@json_option
def create(name, condition, unit, account, as_json) -> None:
    """Save a condition under a name."""
    from fairpost.contacts.actions.change_segments import create_segment
    from fairpost.contacts.queries.segments import saved_segment

    actor = acting()
    account_id = resolve_account(actor, account)
    made = create_segment(actor=actor, account_id=account_id, name=name, condition=condition, unit_id=unit)
    emit(saved_segment(actor, account_id, made), as_json)


@command.command("change")
@click.argument("name")
@click.argument("condition")
@account_option
@json_option
def change(name, condition, account, as_json) -> None:
    """Give a segment another condition."""
    from fairpost.contacts.actions.change_segments import change_segment
    from fairpost.contacts.naming import segment_named
    from fairpost.contacts.queries.segments import saved_segment

    actor = acting()
    account_id = resolve_account(actor, account)
    segment_id = segment_named(actor, account_id, name)
    change_segment(actor=actor, account_id=account_id, segment_id=segment_id, condition=condition)
    emit(saved_segment(actor, account_id, segment_id), as_json)


@command.command("list")
@account_option
@json_option
def list_all(account, as_json) -> None:
    """Show all segments."""
    from fairpost.contacts.queries.segments import segments_of

    emit(segments_of(*may_read(account, "contacts.read")), as_json)


@command.command("show")
@click.argument("name")
@account_option
@json_option
def show(name, account, as_json) -> None:
    """Show one segment, by name or number, with what it means in words."""
    from fairpost.contacts.naming import segment_named
    from fairpost.contacts.queries.segments import saved_segment

    actor, account_id = may_read(account, "contacts.read")
    emit(saved_segment(actor, account_id, segment_named(actor, account_id, name)), as_json)


@command.command("count")
@click.argument("name")
@account_option
@json_option
def count(name, account, as_json) -> None:
    """Count whom a segment selects now."""
    from fairpost.contacts.naming import segment_named
    from fairpost.contacts.queries.segments import count_segment

    actor, account_id = may_read(account, "contacts.read")
    emit(count_segment(actor, account_id, segment_named(actor, account_id, name)), as_json)


@command.command("explain")
@click.argument("name_or_condition")
@account_option
def explain(name_or_condition, account) -> None:
    """Say in words what a segment, or a condition not yet saved, selects."""
    from fairpost.contacts.queries.segments import explain_text

    click.echo(explain_text(*may_read(account, "contacts.read"), name_or_condition))


@command.command("archive")
@click.argument("name")
@click.option("--reason", default=None, help="Why, for the record.")
@account_option
def archive(name, reason, account) -> None:
    """Take a segment out of use; its name is free again."""
    from fairpost.contacts.actions.change_segments import archive_segment
    from fairpost.contacts.naming import segment_named

    actor = acting()
    account_id = resolve_account(actor, account)
    segment_id = segment_named(actor, account_id, name)
    archive_segment(actor=actor, account_id=account_id, segment_id=segment_id, reason=reason)
    click.echo(_("archived"))
