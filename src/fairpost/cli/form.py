"""`fairpost form`: sign-up forms, and the texts that people agree to."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.contacts.actions.change_forms import close_form, create_form
from fairpost.contacts.actions.publish_consent_text import publish_consent_text
from fairpost.contacts.queries import forms as queries
from fairpost.contacts.queries.consent_texts import consent_texts


@click.group("form")
def command() -> None:
    """Public forms by which people sign up, confirmed by mail."""


@command.command("create")
@click.argument("title")
@click.option("--list", "lists", multiple=True, required=True, help="List to join, by name or number; may be repeated.")
@click.option("--consent", required=True, help="Name of the text that people agree to (see `fairpost form text`).")
@click.option("--identity", "identity_id", type=int, help="Sender identity that asks; default: the only one.")
@click.option("--language", default="en", show_default=True, help="en, fr, it, es or de.")
@click.option("--ask", "attributes", multiple=True, help="Attribute to ask for, such as first_name; may be repeated.")
@click.option("--mail-text", default="", help="A few words of your own in the mail that asks to confirm; no links.")
@click.option("--origin", "origins", multiple=True, help="Only pages of this site may post to the form.")
@click.option("--redirect", "redirect_url", default="", help="https address to go on to once confirmed.")
@click.option("--unit", "unit_id", type=int, help="Business unit that the form belongs to.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def create(lists, identity_id, account, as_json, **given):
    """Create a form with this TITLE and show the address of its page."""
    from fairpost.contacts.naming import list_named

    actor = acting()
    account_id = resolve_account(actor, account)
    numbers = [list_named(actor, account_id, each) for each in lists]
    identity_id = identity_id or only_identity(actor, account_id)
    emit(create_form(actor=actor, account_id=account_id, lists=numbers, identity_id=identity_id, **given), as_json)


def only_identity(actor, account_id) -> int:
    from fairpost.kernel.errors import Invalid
    from fairpost.kernel.text import _
    from fairpost.tenants.queries import identities

    found = identities(account_id, unit_id=actor.unit_id, limit=2)
    if len(found) != 1:
        raise Invalid(_("Which identity asks? Name it with --identity."), field="identity_id")
    return found[0].id


@command.command("list")
@account_option
@json_option
def list_(account, as_json):
    """Show all forms."""
    rows = queries.forms(*may_read(account, "contacts.read"))
    columns = ("id", "title", "language", "lists", "url", "closed_at")
    emit(rows if as_json else [{name: getattr(row, name) for name in columns} for row in rows], as_json)


@command.command("show")
@click.argument("form_id", type=int)
@account_option
@json_option
def show(form_id, account, as_json):
    """Show one form."""
    actor, account_id = may_read(account, "contacts.read")
    emit(queries.form(actor, account_id, form_id), as_json)


@command.command("close")
@click.argument("form_id", type=int)
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def close(form_id, reason, account, as_json):
    """Take nothing more by a form; what waits can no longer be confirmed."""
    actor = acting()
    account_id = resolve_account(actor, account)
    emit(close_form(actor=actor, account_id=account_id, form_id=form_id, reason=reason), as_json)


@command.command("text")
@click.argument("name")
@click.option("--language", default="en", show_default=True, help="en, fr, it, es or de.")
@click.option("--file", "file", type=click.File(encoding="utf-8"), help="The text; - reads standard input.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def text(name, language, file, reason, account, as_json):
    """Publish a new version of the consent text NAME; without --file show all its versions."""
    if file is None:
        _actor, account_id = may_read(account, "contacts.read")
        emit(consent_texts(account_id, name), as_json)
        return
    actor = acting()
    given = {"name": name, "language": language, "text": file.read(), "reason": reason}
    emit(publish_consent_text(actor=actor, account_id=resolve_account(actor, account), **given), as_json)
