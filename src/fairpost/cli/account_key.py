"""`fairpost account key`: API keys, by which programs act."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.actor import Actor

installation_option = click.option(
    "--installation", is_flag=True, help="A key over the whole installation instead of in an account."
)


def place_of(actor: Actor, account: str, installation: bool) -> int | None:
    return None if installation else resolve_account(actor, account)


def person_of(actor: Actor, account_id: int | None, address: str) -> int:
    from fairpost.tenants.authorise import authorise
    from fairpost.tenants.queries import person_by_email

    authorise(actor, "account.read", account_id=account_id, unit_id=actor.unit_id)
    return person_by_email(account_id, address).id


@click.group("key")
def key() -> None:
    """API keys of the account, or of the installation."""


@key.command("create")
@click.argument("name")
@click.option("--capability", "capabilities", multiple=True, help="What it may do. Repeat.")
@click.option("--person", default="", help="Address of the person whose own key it is; only they act by it.")
@click.option("--unit", "unit_id", type=int, help="Id of the business unit to which it is limited.")
@click.option("--expires", type=click.DateTime(), help="When it ends (UTC); default: never.")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def create(
    name: str,
    capabilities: tuple[str, ...],
    person: str,
    unit_id: int | None,
    expires: datetime | None,
    reason: str | None,
    installation: bool,
    account: str,
    as_json: bool,
) -> None:
    """Make the API key NAME and show it, this once.

    With --person it is a personal key: what is done by it is that person's own act, within the roles held at that
    moment. People make their own; the first one is made by the administrator of the machine.
    """
    from fairpost.tenants.actions.create_api_key import create_api_key

    actor = acting()
    account_id = place_of(actor, account, installation)
    issued = create_api_key(
        actor=actor,
        account_id=account_id,
        name=name,
        person_id=person_of(actor, account_id, person) if person else None,
        capabilities=capabilities,
        unit_id=unit_id,
        expires_at=expires.replace(tzinfo=UTC) if expires else None,
        reason=reason,
    )
    emit({"id": issued.id, "key": issued.key}, as_json)


@key.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@installation_option
@account_option
@json_option
def list_(after: int, installation: bool, account: str, as_json: bool) -> None:
    """List the API keys, without their secrets."""
    from fairpost.tenants import queries
    from fairpost.tenants.authorise import authorise

    if installation:
        authorise(acting(), "installation.manage")
        emit(queries.api_keys(None, after=after), as_json)
        return
    actor, account_id = may_read(account, "keys.manage")
    emit(queries.api_keys(account_id, unit_id=actor.unit_id, after=after), as_json)


@key.command("revoke")
@click.argument("key_id", type=int)
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def revoke(key_id: int, reason: str | None, installation: bool, account: str, as_json: bool) -> None:
    """End an API key at once."""
    from fairpost.tenants.actions.revoke_api_key import revoke_api_key

    actor = acting()
    where = place_of(actor, account, installation)
    revoke_api_key(actor=actor, account_id=where, key_id=key_id, reason=reason)
    emit({"id": key_id, "revoked": True}, as_json)
