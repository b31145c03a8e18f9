"""`fairpost contacts consent|dossier|erase`: what a person may ask of whoever writes to them."""

from __future__ import annotations

import json

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account


@click.command("consent")
@click.argument("address")
@click.option("--before", type=int, help="Only lines older than this number.")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@account_option
@json_option
def consent(address, before, limit, account, as_json) -> None:
    """Show what ADDRESS agreed to and took back: when, how, under which text. The newest line is first."""
    from fairpost.contacts.queries.consent import consent_of

    _actor, account_id = may_read(account, "contacts.read")
    emit(consent_of(account_id, address, before, limit), as_json)


@click.command("dossier")
@click.argument("address")
@click.option("--reason", help="Why, for the record, such as: asked by mail on 3 May.")
@account_option
def dossier(address, reason, account) -> None:
    """Print everything that is held on ADDRESS, as JSON, to give to the person it belongs to."""
    from fairpost.contacts.actions.export_dossier import export_dossier

    actor = acting()
    found = export_dossier(
        actor=actor, account_id=resolve_account(actor, account), address=address, reason=reason
    )
    click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=2))


@click.command("erase")
@click.argument("address")
@click.option("--reason", required=True, help="Why, for the record; do not write the address into it.")
@account_option
@json_option
def erase(address, reason, account, as_json) -> None:
    """Erase everything that is held on ADDRESS; it stays away from now on. It cannot be undone."""
    from fairpost.contacts.actions.erase_contact import erase_contact

    actor = acting()
    done = erase_contact(actor=actor, account_id=resolve_account(actor, account), address=address, reason=reason)
    emit(done, as_json)
