"""`fairpost tracking`: where opens and clicks are followed, and where not."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.contacts.actions.switch_tracking import switch_tracking
from fairpost.kernel.text import _


@click.group("tracking")
def command() -> None:
    """Where opens and clicks are followed."""


@command.command("show")
@click.argument("address", required=False)
@account_option
@json_option
def show(address, account, as_json):
    """Show what is switched off in the account (of contacts, how many), or whether the one with ADDRESS is followed."""
    from fairpost.contacts.queries.tracking import contact_is_off, tracking_switches

    _actor, account_id = may_read(account, "contacts.read")
    if address:
        emit({"address": address, "tracking": not contact_is_off(account_id, address)}, as_json)
        return
    off = tracking_switches(account_id)
    if as_json:
        emit(off, True)
        return
    rows = [("account", "")] if off.account else []
    rows += [("list", each) for each in off.lists] + [("territory", each) for each in off.territories]
    rows += [("contact", off.contacts)] if off.contacts else []
    emit([{"kind": kind, "key": key, "tracking": False} for kind, key in rows], False)


def which(function):
    """The options that name one switch; none of them is the whole account."""
    for option in (
        click.option("--reason", help="Why, for the record."),
        click.option("--contact", "contact", help="Only of the contact with this address."),
        click.option("--territory", help="Only of contacts in this territory, such as FR."),
        click.option("--list", "list_name", help="Only of mailings to this list, by name or number."),
    ):
        function = option(function)
    return function


@command.command("off")
@which
@account_option
@json_option
def off(list_name, territory, contact, reason, account, as_json):
    """Follow no opens and clicks any more: of the account, a list, a territory or a contact."""
    switch(list_name, territory, contact, reason, account, as_json, True)


@command.command("on")
@which
@account_option
@json_option
def on(list_name, territory, contact, reason, account, as_json):
    """Follow them again, where no other switch is off."""
    switch(list_name, territory, contact, reason, account, as_json, False)


def switch(list_name, territory, contact, reason, account, as_json, off):
    from fairpost.contacts.naming import list_named

    given = [(kind, key) for kind, key in (("list", list_name), ("territory", territory), ("contact", contact)) if key]
    if len(given) > 1:
        raise click.UsageError(_("Name one of --list, --territory and --contact, or none for the whole account."))
    actor = acting()
    account_id = resolve_account(actor, account)
    kind, key = given[0] if given else ("account", "")
    if kind == "list":
        key = str(list_named(actor, account_id, key))
    changed = switch_tracking(actor=actor, account_id=account_id, kind=kind, key=key, off=off, reason=reason)
    emit({"kind": kind, "key": key, "tracking": not off, "changed": changed}, as_json)
