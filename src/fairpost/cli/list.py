"""`fairpost list`: lists of contacts and their members."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.text import _


@click.group("list")
def command() -> None:
    """Lists of contacts."""


@command.command("create")
@click.argument("name")
@click.option("--unit", type=int, help="Business unit that alone sees the list; default: the whole account.")
@account_option
@json_option
def create(name, unit, account, as_json) -> None:
    """Create a list."""
    from fairpost.contacts.actions.change_lists import create_list
    from fairpost.contacts.queries.lists import mailing_list

    actor = acting()
    account_id = resolve_account(actor, account)
    made = create_list(actor=actor, account_id=account_id, name=name, unit_id=unit)
    emit(mailing_list(actor, account_id, made), as_json)


@command.command("list")
@account_option
@json_option
def list_all(account, as_json) -> None:
    """Show all lists."""
    from fairpost.contacts.queries.lists import lists_of

    emit(lists_of(*may_read(account, "contacts.read")), as_json)


@command.command("show")
@click.argument("name")
@account_option
@json_option
def show(name, account, as_json) -> None:
    """Show one list, by name or number."""
    from fairpost.contacts.naming import list_named
    from fairpost.contacts.queries.lists import mailing_list

    actor, account_id = may_read(account, "contacts.read")
    emit(mailing_list(actor, account_id, list_named(actor, account_id, name)), as_json)


@command.command("rename")
@click.argument("name")
@click.argument("new_name")
@account_option
def rename(name, new_name, account) -> None:
    """Give a list another name."""
    from fairpost.contacts.actions.change_lists import rename_list

    actor, account_id, list_id = chosen(account, name)
    rename_list(actor=actor, account_id=account_id, list_id=list_id, name=new_name)
    click.echo(_("renamed"))


@command.command("publish")
@click.argument("name")
@click.option("--title", required=True, help="What contacts read; empty makes the list internal again.")
@account_option
def publish(name, title, account) -> None:
    """Let contacts join a list by themselves, in their preference centre."""
    from fairpost.contacts.actions.change_lists import publish_list

    actor, account_id, list_id = chosen(account, name)
    publish_list(actor=actor, account_id=account_id, list_id=list_id, title=title)
    click.echo(_("published") if title else _("internal"))


@command.command("archive")
@click.argument("name")
@click.option("--reason", default=None, help="Why, for the record.")
@account_option
def archive(name, reason, account) -> None:
    """Take a list out of use; its name is free again."""
    from fairpost.contacts.actions.change_lists import archive_list

    actor, account_id, list_id = chosen(account, name)
    archive_list(actor=actor, account_id=account_id, list_id=list_id, reason=reason)
    click.echo(_("archived"))


@command.command("add")
@click.argument("name")
@click.argument("addresses", nargs=-1, required=True)
@account_option
@json_option
def add(name, addresses, account, as_json) -> None:
    """Let contacts join a list, by their ADDRESSES."""
    from fairpost.contacts.actions.change_members import add_to_list

    actor, account_id, list_id = chosen(account, name)
    emit(add_to_list(actor=actor, account_id=account_id, list_id=list_id, addresses=addresses), as_json)


@command.command("remove")
@click.argument("name")
@click.argument("addresses", nargs=-1, required=True)
@account_option
@json_option
def remove(name, addresses, account, as_json) -> None:
    """Let contacts leave a list, by their ADDRESSES; they stay contacts."""
    from fairpost.contacts.actions.change_members import remove_from_list

    actor, account_id, list_id = chosen(account, name)
    emit(remove_from_list(actor=actor, account_id=account_id, list_id=list_id, addresses=addresses), as_json)


def chosen(account: str, name: str):
    from fairpost.contacts.naming import list_named

    actor = acting()
    account_id = resolve_account(actor, account)
    return actor, account_id, list_named(actor, account_id, name)
