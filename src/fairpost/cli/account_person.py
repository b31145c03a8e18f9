"""`fairpost account person`: people and the roles they hold."""

from __future__ import annotations

import sys

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.actor import Actor
from fairpost.kernel.text import _

installation_option = click.option(
    "--installation", is_flag=True, help="A role over the whole installation instead of in an account."
)


@click.group("person")
def person() -> None:
    """People and their roles."""


def place_of(actor: Actor, account: str, installation: bool) -> int | None:
    return None if installation else resolve_account(actor, account)


@person.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--role", required=True, help="owner, author, sender, analyst; with --installation others.")
@click.option("--unit", "unit_id", type=int, help="Id of the business unit to which the role is limited.")
@click.option("--language", default="en", show_default=True, help="en, fr, it, es or de.")
@click.option("--password-stdin", is_flag=True, help="Read a first password from standard input.")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def create(
    email: str,
    name: str,
    role: str,
    unit_id: int | None,
    language: str,
    password_stdin: bool,
    reason: str | None,
    installation: bool,
    account: str,
    as_json: bool,
) -> None:
    """Add the person NAME with the address EMAIL and a first role."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.create_person import create_person

    actor = acting()
    account_id = place_of(actor, account, installation)
    created = create_person(
        actor=actor,
        account_id=account_id,
        email=email,
        name=name,
        role=role,
        unit_id=unit_id,
        language=language,
        password=read_password() if password_stdin else None,
        reason=reason,
    )
    emit(queries.person(account_id, created.person_id), as_json)


@person.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@account_option
@json_option
def list_(after: int, account: str, as_json: bool) -> None:
    """List the people who hold a role in the account."""
    from fairpost.tenants import queries

    actor, account_id = may_read(account)
    emit(queries.people(account_id, unit_id=actor.unit_id, after=after), as_json)


@person.command("grant")
@click.argument("email")
@click.argument("role")
@click.option("--unit", "unit_id", type=int, help="Id of the business unit to which the role is limited.")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def grant(
    email: str, role: str, unit_id: int | None, reason: str | None, installation: bool, account: str, as_json: bool
) -> None:
    """Give a person of the account another ROLE."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.grant_role import grant_role

    actor = acting()
    account_id = place_of(actor, account, installation)
    row = queries.person_by_email(account_id, email)
    grant_role(actor=actor, account_id=account_id, person_id=row.id, role=role, unit_id=unit_id, reason=reason)
    emit(queries.person(account_id, row.id), as_json)


@person.command("revoke")
@click.argument("email")
@click.argument("role")
@click.option("--unit", "unit_id", type=int, help="Id of the business unit to which the role is limited.")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def revoke(
    email: str, role: str, unit_id: int | None, reason: str | None, installation: bool, account: str, as_json: bool
) -> None:
    """Take a ROLE from a person."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.revoke_role import revoke_role

    actor = acting()
    account_id = place_of(actor, account, installation)
    row = queries.person_by_email(account_id, email)
    revoke_role(actor=actor, account_id=account_id, person_id=row.id, role=role, unit_id=unit_id, reason=reason)
    emit({"person": row.id, "revoked": role}, as_json)


@person.command("password")
@click.argument("email")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def password(email: str, reason: str | None, installation: bool, account: str, as_json: bool) -> None:
    """Set a person's password; it is read from standard input."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.set_password import set_password

    actor = acting()
    account_id = place_of(actor, account, installation)
    row = queries.person_by_email(account_id, email)
    set_password(actor=actor, account_id=account_id, person_id=row.id, password=read_password(), reason=reason)
    emit({"person": row.id, "password": "set"}, as_json)


def read_password() -> str:
    """Never an argument: arguments stand in the process list and in the shell's history."""
    if sys.stdin.isatty():
        return click.prompt(_("Password"), hide_input=True, confirmation_prompt=True)
    return sys.stdin.readline().rstrip("\n")
