"""`fairpost notice contact`: addresses outside an account that get its notices too."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account


@click.group("contact")
def contact() -> None:
    """Addresses outside the account that get its notices too, once they have agreed."""


@contact.command("add")
@click.argument("email")
@click.option("--language", default="en", show_default=True, help="Language of its notices: en, fr, it, es or de.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def add(email: str, language: str, reason: str | None, account: str, as_json: bool) -> None:
    """Ask EMAIL to confirm; until then nothing else is sent there."""
    from fairpost.enforcement.actions.invite_outside_contact import invite_outside_contact

    actor = acting()
    emit(
        invite_outside_contact(
            actor=actor,
            account_id=resolve_account(actor, account),
            email=email,
            language=language,
            reason=reason,
        ),
        as_json,
    )


@contact.command("list")
@account_option
@json_option
def list_(account: str, as_json: bool) -> None:
    """List them, with those that have not confirmed."""
    from fairpost.tenants.queries import outside_contacts

    _actor, account_id = may_read(account)
    emit(outside_contacts(account_id, waiting=True), as_json)


@contact.command("remove")
@click.argument("contact_id", type=int)
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def remove(contact_id: int, reason: str | None, account: str, as_json: bool) -> None:
    """Send no more notices to CONTACT_ID; what was sent stays on record."""
    from fairpost.tenants.actions.remove_outside_contact import remove_outside_contact

    actor = acting()
    remove_outside_contact(
        actor=actor, account_id=resolve_account(actor, account), contact_id=contact_id, reason=reason
    )
    emit({"id": contact_id, "removed": True}, as_json)
