"""`fairpost identity`: who mails are from, the domains that stand for them, and the keys that sign."""

from __future__ import annotations

from dataclasses import asdict

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.errors import NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _


@click.group("identity")
def command() -> None:
    """Sender identities, their domains and DKIM keys."""


@command.command("create")
@click.argument("from_address")
@click.argument("from_name")
@click.option("--unit", "unit_id", type=int, help="Id of its business unit; default: the account's default unit.")
@click.option("--organisation", "organisation_id", type=int, help="Id of the legal sender; default: the holder.")
@click.option("--joint-sender", "joint_sender_id", type=int, help="Id of the joint sender that it sends for.")
@click.option("--reply-to", default="", help="Address that answers go to; default: the From address.")
@click.option("--postal-address", default="", help="Postal address in the mails; default: the organisation's.")
@click.option("--link-domain", default="", help="Domain of tracked links; default: the platform's.")
@click.option("--return-path-domain", default="", help="Domain that bounces go to; default: the platform's.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def create(
    from_address: str,
    from_name: str,
    unit_id: int | None,
    organisation_id: int | None,
    joint_sender_id: int | None,
    reply_to: str,
    postal_address: str,
    link_domain: str,
    return_path_domain: str,
    reason: str | None,
    account: str,
    as_json: bool,
) -> None:
    """Make the identity FROM_NAME <FROM_ADDRESS>; a new domain gets its first DKIM key with it."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.create_identity import create_identity

    actor = acting()
    account_id = resolve_account(actor, account)
    identity_id = create_identity(
        actor=actor,
        account_id=account_id,
        from_name=from_name,
        from_address=from_address,
        unit_id=unit_id,
        organisation_id=organisation_id,
        joint_sender_id=joint_sender_id,
        reply_to=reply_to,
        postal_address=postal_address,
        link_domain=link_domain,
        return_path_domain=return_path_domain,
        reason=reason,
    )
    emit(queries.identity(account_id, identity_id), as_json)
    if not as_json:
        click.echo(_("Next: fairpost identity records {id}").format(id=identity_id))


@command.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@account_option
@json_option
def list_(after: int, account: str, as_json: bool) -> None:
    """List the sender identities."""
    from fairpost.tenants import queries

    actor, account_id = may_read(account)
    rows = queries.identities(account_id, unit_id=actor.unit_id, after=after)
    short = ("id", "unit_id", "from_name", "from_address", "organisation", "joint_sender_id")
    emit(rows if as_json else [{name: getattr(row, name) for name in short} for row in rows], as_json)


@command.command("show")
@click.argument("identity_id", type=int)
@account_option
@json_option
def show(identity_id: int, account: str, as_json: bool) -> None:
    """Show an identity, its keys and its last check."""
    from fairpost.tenants import queries

    account_id = may_see(account, identity_id)
    row, last = queries.identity(account_id, identity_id), queries.latest_check(account_id, identity_id)
    keys = queries.identity_keys(account_id, identity_id)
    if as_json:
        emit({**asdict(row), "keys": [asdict(each) for each in keys], "check": last and asdict(last)}, True)
        return
    emit(row, False)
    emit([{n: getattr(each, n) for n in ("id", "selector", "algorithm", "state")} for each in keys], False)
    click.echo(_("Last check: {when}").format(when=f"{last.at:%Y-%m-%d %H:%M} UTC" if last else "-"))


def may_see(account: str, identity_id: int) -> int:
    """The account's number, where the actor may see this identity of it."""
    from fairpost.tenants import queries

    actor, account_id = may_read(account)
    row = queries.identity(account_id, identity_id)
    if actor.unit_id not in (None, row.unit_id):
        raise NotFound(_("There is no such sender identity."))
    return account_id


@command.command("change")
@click.argument("identity_id", type=int)
@click.option("--from-name", help="Name before the address.")
@click.option("--reply-to", help="Address that answers go to.")
@click.option("--postal-address", help="Postal address in the mails.")
@click.option("--link-domain", help="Domain of tracked links.")
@click.option("--return-path-domain", help="Domain that bounces go to.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def change(identity_id: int, reason: str | None, account: str, as_json: bool, **changes: str | None) -> None:
    """Change how an identity presents itself; an empty text removes what may be empty."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.change_identity import change_identity

    actor = acting()
    account_id = resolve_account(actor, account)
    change_identity(actor=actor, account_id=account_id, identity_id=identity_id, reason=reason, **changes)
    emit(queries.identity(account_id, identity_id), as_json)


@command.command("check")
@click.argument("identity_id", type=int)
@account_option
@json_option
def check(identity_id: int, account: str, as_json: bool) -> None:
    """Ask DNS whether the identity is ready to send; ends with status 1 where it is not."""
    from fairpost.tenants.actions.check_identity import check_identity

    actor = acting()
    report = check_identity(actor=actor, account_id=resolve_account(actor, account), identity_id=identity_id)
    if as_json:
        emit(report, True)
    else:
        for each in report.findings:
            click.echo(f"{state_in_words(each.status):<8} {each.check:<12} {each.name}: {each.found}")
            if each.advice:
                click.echo(f"{'':<22}{each.advice}")
    if not report.passed:
        raise click.exceptions.Exit(1)


@command.command("records")
@click.argument("identity_id", type=int)
@account_option
@json_option
def records(identity_id: int, account: str, as_json: bool) -> None:
    """Print the DNS records to publish, as lines of a zone file."""
    from fairpost.tenants import queries
    from fairpost.tenants.dkim import zone_line

    found = queries.dns_records(may_see(account, identity_id), identity_id)
    if as_json:
        emit(found, True)
        return
    for each in found:
        click.echo(f"; {each.purpose}\n{zone_line(each)}")


@command.command("rotate-key")
@click.argument("identity_id", type=int)
@click.option("--algorithm", default="rsa", show_default=True, help="rsa or ed25519.")
@click.option("--selector", default="", help="Selector of the new key; default: a free one.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def rotate_key(
    identity_id: int, algorithm: str, selector: str, reason: str | None, account: str, as_json: bool
) -> None:
    """Make the next DKIM key; publish its record, then activate it."""
    from fairpost.tenants.actions.rotate_dkim_key import rotate_dkim_key
    from fairpost.tenants.dkim import zone_line

    actor = acting()
    row = rotate_dkim_key(
        actor=actor,
        account_id=resolve_account(actor, account),
        identity_id=identity_id,
        algorithm=algorithm,
        selector=selector,
        reason=reason,
    )
    if as_json:
        emit(row, True)
        return
    click.echo(zone_line(row.record))
    click.echo(_("Next, once it is published: fairpost identity activate-key {id}").format(id=row.id))


@command.command("activate-key")
@click.argument("key_id", type=int)
@click.option("--force", is_flag=True, help="Without looking into DNS; only for who manages the installation.")
@click.option("--platform", is_flag=True, help="The key is the platform's own.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def activate_key(key_id: int, force: bool, platform: bool, reason: str | None, account: str, as_json: bool) -> None:
    """Let a published DKIM key sign and retire the one before it."""
    from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key

    actor = acting()
    row = activate_dkim_key(
        actor=actor,
        account_id=None if platform else resolve_account(actor, account),
        key_id=key_id,
        force=force,
        reason=reason,
    )
    if as_json:
        emit(row, True)
        return
    emit({"id": row.id, "selector": row.selector, "state": row.state}, False)


@command.command("platform-key")
@click.option("--domain", default="", help="Domain to sign for; default: the platform's host.")
@click.option("--selector", default="", help="Selector; default: FAIRPOST_PLATFORM_DKIM_SELECTOR, else a free one.")
@click.option("--algorithm", default="rsa", show_default=True, help="rsa or ed25519.")
@click.option("--reason", help="Why, for the record.")
@json_option
def platform_key(domain: str, selector: str, algorithm: str, reason: str | None, as_json: bool) -> None:
    """Make a DKIM key for the platform's own, second signature."""
    from fairpost.tenants.actions.create_platform_key import create_platform_key
    from fairpost.tenants.dkim import zone_line

    row = create_platform_key(actor=acting(), domain=domain, selector=selector, algorithm=algorithm, reason=reason)
    if as_json:
        emit(row, True)
        return
    click.echo(zone_line(row.record))
    click.echo(_("Next: fairpost identity activate-key --platform {id}").format(id=row.id))
