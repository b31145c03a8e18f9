"""`fairpost contacts`: import, export, count, show and suppress contacts."""

from __future__ import annotations

import click

from fairpost.cli.contacts_import import import_command
from fairpost.cli.contacts_person import consent, dossier, erase
from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.text import _


@click.group("contacts")
def command() -> None:
    """Contacts of an account."""


for each in (import_command, consent, dossier, erase):
    command.add_command(each)


@command.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True))
@click.option("--list", "list_name", default="", help="Only members of this list, by name or number.")
@click.option("--segment", "segment_name", default="", help="Only contacts of this segment, by name or number.")
@click.option("--formulas", is_flag=True, help="Leave texts that a spreadsheet takes for formulas as they are.")
@click.option("--reason", default=None, help="Why, for the record.")
@account_option
def export(file, list_name, segment_name, formulas, reason, account) -> None:
    """Write contacts to FILE as CSV in UTF-8 (- writes to standard output)."""
    from fairpost.contacts.actions.export_contacts import export_contacts
    from fairpost.contacts.naming import list_named, segment_named

    actor = acting()
    account_id = resolve_account(actor, account)
    count = export_contacts(
        actor=actor,
        account_id=account_id,
        out=file,
        list_id=list_named(actor, account_id, list_name) if list_name else None,
        segment_id=segment_named(actor, account_id, segment_name) if segment_name else None,
        formulas=formulas,
        reason=reason,
    )
    click.echo(_("{count} contacts written").format(count=count), err=True)


@command.command("count")
@click.option("--where", default="", help='Only those for whom a condition holds, such as: country = "IT".')
@account_option
@json_option
def count(where, account, as_json) -> None:
    """Count contacts, all of them or those a condition selects."""
    from fairpost.contacts.queries.contacts import count_contacts
    from fairpost.contacts.queries.segments import count_text

    actor, account_id = may_read(account, "contacts.read")
    if not where:
        emit({"contacts": count_contacts(account_id)}, as_json)
        return
    emit(count_text(actor, account_id, where), as_json)


@command.command("show")
@click.argument("address")
@account_option
@json_option
def show(address, account, as_json) -> None:
    """Show everything known of one ADDRESS: attributes, lists, and what keeps it from being mailed."""
    from fairpost.contacts.queries.contacts import show_contact

    actor, account_id = may_read(account, "contacts.read")
    emit(show_contact(actor, account_id, address), as_json)


@command.command("suppress")
@click.argument("addresses", nargs=-1)
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False), help="CSV or plain file of addresses.")
@click.option("--reason", required=True, help="Why, such as: asked by phone on 3 May.")
@click.option(
    "--reach",
    default="account",
    show_default=True,
    help="account, installation, list:ID, unit:ID, joint_sender:ID or domain:NAME.",
)
@account_option
@json_option
def suppress(addresses, path, reason, reach, account, as_json) -> None:
    """Never mail ADDRESSES again within a reach."""
    from pathlib import Path

    from fairpost.contacts.actions.import_suppressions import import_suppressions
    from fairpost.contacts.actions.suppress_addresses import suppress_addresses

    if bool(addresses) == bool(path):
        raise click.UsageError(_("Give addresses, or --file."))
    actor = acting()
    account_id = resolve_account(actor, account)
    wanted = {"actor": actor, "account_id": account_id, "reach": reach, "reason": reason}
    if path:
        emit(import_suppressions(path=Path(path), **wanted), as_json)
    else:
        emit(suppress_addresses(addresses=addresses, **wanted), as_json)


@command.command("unsuppress")
@click.argument("address")
@click.option("--reason", required=True, help="Why this address may be mailed again; it stays on record.")
@click.option("--reach", default="account", show_default=True, help="The reach it was suppressed with.")
@account_option
def unsuppress(address, reason, reach, account) -> None:
    """Lift one suppression of one ADDRESS."""
    from fairpost.contacts.actions.lift_suppression import lift_suppression

    actor = acting()
    account_id = resolve_account(actor, account)
    lift_suppression(actor=actor, account_id=account_id, address=address, reach=reach, reason=reason)
    click.echo(_("lifted"))


@command.command("suppressions")
@click.option("--after", default="", help="Go on after this address.")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@account_option
@json_option
def suppressions(after, limit, account, as_json) -> None:
    """List the account's suppressed addresses."""
    from dataclasses import replace

    from fairpost.contacts.queries.suppressed import suppressed_addresses
    from fairpost.contacts.reasons import reason_in_words

    _actor, account_id = may_read(account, "contacts.read")
    rows = suppressed_addresses(account_id, after, limit)
    emit(rows if as_json else [replace(each, reason=reason_in_words(each.reason)) for each in rows], as_json)


@command.command("imports")
@account_option
@json_option
def imports(account, as_json) -> None:
    """List recent imports."""
    from fairpost.contacts.queries.imports import recent_imports

    _actor, account_id = may_read(account, "contacts.read")
    columns = ("import_id", "state", "file_name", "percent", "staged", "rejected", "new", "updated", "consent")
    rows = recent_imports(account_id)
    emit(rows if as_json else [{name: getattr(row, name) for name in columns} for row in rows], as_json)


@command.command("check-domains")
@account_option
@json_option
def check_domains(account, as_json) -> None:
    """Ask DNS which domains of the contacts take mail at all."""
    from fairpost.contacts.actions.check_domains import check_domains as check

    actor = acting()
    emit(check(actor=actor, account_id=resolve_account(actor, account)), as_json)
