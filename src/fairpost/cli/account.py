"""`fairpost account`: accounts with their business units, organisations, joint senders, people and API keys."""

from __future__ import annotations

import click

from fairpost.cli.account_joint_sender import joint_sender
from fairpost.cli.account_key import key
from fairpost.cli.account_person import person
from fairpost.cli.account_status import status_
from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account


@click.group("account")
def command() -> None:
    """Accounts, business units, organisations, joint senders, people and API keys."""


@command.command("create")
@click.argument("slug")
@click.argument("name")
@click.option("--holder", type=int, help="Id of the organisation that holds it; default: a new one of this name.")
@click.option("--postal-address", default="", help="Postal address of the new organisation.")
@click.option("--language", default="en", show_default=True, help="en, fr, it, es or de.")
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Europe/Zurich.")
@click.option("--reason", help="Why, for the record.")
@json_option
def create(
    slug: str,
    name: str,
    holder: int | None,
    postal_address: str,
    language: str,
    time_zone: str,
    reason: str | None,
    as_json: bool,
) -> None:
    """Open the account SLUG (its short name) called NAME, with its default business unit."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.create_account import create_account

    account_id = create_account(
        actor=acting(),
        slug=slug,
        name=name,
        holder_id=holder,
        postal_address=postal_address,
        language=language,
        time_zone=time_zone,
        reason=reason,
    )
    emit(queries.account(account_id), as_json)


@command.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@json_option
def list_(after: int, limit: int, as_json: bool) -> None:
    """List the accounts that you may see."""
    from fairpost.tenants import queries
    from fairpost.tenants.authorise import authorise

    actor = acting()
    authorise(actor, "account.read", account_id=actor.account_id, unit_id=actor.unit_id)
    emit(queries.accounts(actor.account_id, after=after, limit=limit), as_json)


@command.command("show")
@account_option
@json_option
def show(account: str, as_json: bool) -> None:
    """Show one account."""
    from fairpost.tenants import queries

    _actor, account_id = may_read(account)
    emit(queries.account(account_id), as_json)


@command.command("change")
@click.option("--name", help="New name.")
@click.option("--language", help="en, fr, it, es or de.")
@click.option("--time-zone", help="Such as Europe/Zurich.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def change(
    name: str | None,
    language: str | None,
    time_zone: str | None,
    reason: str | None,
    account: str,
    as_json: bool,
) -> None:
    """Change an account's name, language or time zone."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.change_account import change_account

    actor = acting()
    account_id = resolve_account(actor, account)
    change_account(actor=actor, account_id=account_id, name=name, language=language, time_zone=time_zone, reason=reason)
    emit(queries.account(account_id), as_json)


@command.command("record")
@click.option("--before", type=int, help="Show those with a lower id than this.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@account_option
@json_option
def record(before: int | None, limit: int, account: str, as_json: bool) -> None:
    """Show who did what in the account and why, the newest first."""
    from fairpost.tenants import queries

    actor = acting()
    account_id = resolve_account(actor, account)
    emit(queries.audit_trail(actor, account_id, before=before, limit=limit), as_json)


@command.group("unit")
def unit() -> None:
    """Business units: sub-accounts with their own lists, senders and people."""


@unit.command("create")
@click.argument("slug")
@click.argument("name")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def create_unit_(slug: str, name: str, reason: str | None, account: str, as_json: bool) -> None:
    """Add the business unit SLUG called NAME."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.create_unit import create_unit

    actor = acting()
    account_id = resolve_account(actor, account)
    unit_id = create_unit(actor=actor, account_id=account_id, slug=slug, name=name, reason=reason)
    emit(queries.unit(account_id, unit_id), as_json)


@unit.command("list")
@account_option
@json_option
def list_units(account: str, as_json: bool) -> None:
    """List the business units."""
    from fairpost.tenants import queries

    _actor, account_id = may_read(account)
    emit(queries.units(account_id), as_json)


@command.group("organisation")
def organisation() -> None:
    """Organisations: real-world bodies that hold accounts, send, or take part in joint senders."""


@organisation.command("create")
@click.argument("name")
@click.option("--postal-address", default="", help="Its postal address, for the foot of its mails.")
@click.option("--installation", is_flag=True, help="Register it for no account: it can then hold a new one.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def create_organisation_(
    name: str, postal_address: str, installation: bool, reason: str | None, account: str, as_json: bool
) -> None:
    """Register the organisation NAME."""
    from fairpost.tenants.actions.create_organisation import create_organisation

    actor = acting()
    account_id = None if installation else resolve_account(actor, account)
    organisation_id = create_organisation(
        actor=actor, account_id=account_id, name=name, postal_address=postal_address, reason=reason
    )
    emit({"id": organisation_id, "name": name}, as_json)


@organisation.command("identify")
@click.argument("organisation_id", type=int)
@click.option("--same-as", "same_as_id", type=int, required=True, help="Id of the organisation that it is.")
@click.option("--reason", required=True, help="What proves it, for the record.")
@json_option
def identify(organisation_id: int, same_as_id: int, reason: str, as_json: bool) -> None:
    """Say that two organisations are one body: measures on one then reach the other."""
    from fairpost.tenants.actions.identify_organisation import identify_organisation

    identify_organisation(actor=acting(), organisation_id=organisation_id, same_as_id=same_as_id, reason=reason)
    emit({"id": organisation_id, "same_as_id": same_as_id}, as_json)


@organisation.command("tell-apart")
@click.argument("organisation_id", type=int)
@click.option("--reason", required=True, help="Why, for the record.")
@json_option
def tell_apart(organisation_id: int, reason: str, as_json: bool) -> None:
    """Take back that an organisation is the same body as another."""
    from fairpost.tenants.actions.tell_apart_organisation import tell_apart_organisation

    tell_apart_organisation(actor=acting(), organisation_id=organisation_id, reason=reason)
    emit({"id": organisation_id, "same_as_id": None}, as_json)


@organisation.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@click.option("--all", "every", is_flag=True, help="Those of all accounts, and which are the same body.")
@account_option
@json_option
def list_organisations(after: int, every: bool, account: str, as_json: bool) -> None:
    """List the organisations that the account may send for."""
    from fairpost.tenants import queries
    from fairpost.tenants.authorise import authorise
    from fairpost.tenants.queries.neighbourhood import every_organisation

    if every:
        authorise(acting(), "installation.manage")
        emit(every_organisation(after=after), as_json)
        return
    _actor, account_id = may_read(account)
    emit(queries.organisations(account_id, after=after), as_json)


command.add_command(joint_sender)
command.add_command(person)
command.add_command(key)
command.add_command(status_)
