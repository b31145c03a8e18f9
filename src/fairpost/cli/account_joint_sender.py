"""`fairpost account joint-sender`: organisations made of others, and what they must tell donors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.reading import may_read
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("joint-sender")
def joint_sender() -> None:
    """Joint senders, their participants and their notices to donors."""


@joint_sender.command("create")
@click.argument("name")
@click.option("--postal-address", default="", help="Its postal address.")
@click.option(
    "--participant", "participants", multiple=True, help="ORGANISATION:FROM[:UNTIL], such as 3:2026-01-01. Repeat."
)
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def create(
    name: str, postal_address: str, participants: tuple[str, ...], reason: str | None, account: str, as_json: bool
) -> None:
    """Register the joint sender NAME with its participants."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.create_joint_sender import create_joint_sender

    actor = acting()
    account_id = resolve_account(actor, account)
    joint_sender_id = create_joint_sender(
        actor=actor,
        account_id=account_id,
        name=name,
        postal_address=postal_address,
        participants=[participation(each) for each in participants],
        reason=reason,
    )
    row = queries.joint_sender(account_id, joint_sender_id)
    emit(row, True) if as_json else show_joint_senders([row], False)


def participation(text: str) -> Any:
    from fairpost.tenants.actions.create_joint_sender import Participation

    organisation, _colon, days = text.partition(":")
    since, _colon, until = days.partition(":")
    try:
        return Participation(int(organisation), date.fromisoformat(since), date.fromisoformat(until) if until else None)
    except ValueError as error:
        raise Invalid(
            _("{text} does not name a participant.").format(text=repr(text)),
            field="participant",
            hint=_("Write ORGANISATION:FROM or ORGANISATION:FROM:UNTIL, such as 3:2026-01-01."),
        ) from error


@joint_sender.command("list")
@account_option
@json_option
def list_(account: str, as_json: bool) -> None:
    """List the joint senders with all their participants."""
    from fairpost.tenants import queries

    _actor, account_id = may_read(account)
    show_joint_senders(queries.joint_senders(account_id), as_json)


@joint_sender.command("join")
@click.argument("joint_sender_id", type=int)
@click.argument("organisation_id", type=int)
@click.option("--from", "since", type=DAY, required=True, help="First day (YYYY-MM-DD).")
@click.option("--until", type=DAY, help="First day on which it no longer takes part.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def join(
    joint_sender_id: int,
    organisation_id: int,
    since: datetime,
    until: datetime | None,
    reason: str | None,
    account: str,
    as_json: bool,
) -> None:
    """Let an organisation take part; a new notice is needed then."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.add_participant import add_participant

    actor = acting()
    account_id = resolve_account(actor, account)
    add_participant(
        actor=actor,
        account_id=account_id,
        joint_sender_id=joint_sender_id,
        organisation_id=organisation_id,
        since=since.date(),
        until=until.date() if until else None,
        reason=reason,
    )
    row = queries.joint_sender(account_id, joint_sender_id)
    emit(row, True) if as_json else show_joint_senders([row], False)


@joint_sender.command("leave")
@click.argument("joint_sender_id", type=int)
@click.argument("organisation_id", type=int)
@click.option("--until", type=DAY, required=True, help="First day on which it no longer takes part.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def leave(
    joint_sender_id: int, organisation_id: int, until: datetime, reason: str | None, account: str, as_json: bool
) -> None:
    """End an organisation's participation; a new notice is needed then."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.end_participation import end_participation

    actor = acting()
    account_id = resolve_account(actor, account)
    end_participation(
        actor=actor,
        account_id=account_id,
        joint_sender_id=joint_sender_id,
        organisation_id=organisation_id,
        until=until.date(),
        reason=reason,
    )
    row = queries.joint_sender(account_id, joint_sender_id)
    emit(row, True) if as_json else show_joint_senders([row], False)


@joint_sender.command("notice")
@click.argument("joint_sender_id", type=int)
@click.option("--share", "shares", multiple=True, help="ORGANISATION=SHARE, such as 3=60% or 3=1/3. Repeat, in order.")
@click.option("--limit", "limits", multiple=True, help="ORGANISATION=AMOUNT per donor, such as 3=3300. Repeat.")
@click.option("--currency", default="", help="Currency of the limits, such as EUR.")
@click.option("--from", "valid_from", type=click.DateTime(), help="In force from this time (UTC); default: now.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def notice(
    joint_sender_id: int,
    shares: tuple[str, ...],
    limits: tuple[str, ...],
    currency: str,
    valid_from: datetime | None,
    reason: str | None,
    account: str,
    as_json: bool,
) -> None:
    """Publish a new version of the notice, or, without --share, show all versions."""
    from fairpost.tenants import queries
    from fairpost.tenants.actions.publish_notice import publish_notice

    if not shares:
        _actor, account_id = may_read(account)
        show_notices(queries.joint_notices(account_id, joint_sender_id), as_json)
        return
    actor = acting()
    version = publish_notice(
        actor=actor,
        account_id=resolve_account(actor, account),
        joint_sender_id=joint_sender_id,
        terms=terms_of(shares, limits, currency),
        valid_from=valid_from.replace(tzinfo=UTC) if valid_from else None,
        reason=reason,
    )
    emit(version, True) if as_json else show_notices([version], False)


def show_notices(versions: list[Any], as_json: bool) -> None:
    if as_json:
        emit(versions, True)
        return
    for each in versions:
        click.echo(
            _("Notice {id}, version {version}, in force from {since} UTC").format(
                id=each.id, version=each.version, since=f"{each.valid_from:%Y-%m-%d %H:%M}"
            )
        )
        for language, text in each.text.items():
            click.echo(f"  {language}  {text}")


def show_joint_senders(rows: list[Any], as_json: bool) -> None:
    if as_json:
        emit(rows, True)
        return
    for row in rows:
        click.echo(
            _("{id}  {name} (organisation {organisation})").format(
                id=row.id, name=row.name, organisation=row.organisation_id
            )
        )
        for each in row.participants:
            until = _("until {day}").format(day=each.until) if each.until else ""
            since = _("from {day}").format(day=each.since)
            click.echo(f"   {each.organisation_id}  {each.name}  {since} {until}".rstrip())


def terms_of(shares: tuple[str, ...], limits: tuple[str, ...], currency: str) -> Any:
    from fairpost.tenants.notices import Allocation, NoticeTerms, parse_limit, parse_share

    limit_of = {who: parse_limit(amount) for who, amount in map(assignment, limits)}
    allocations = [
        Allocation(who, parse_share(share), limit_of.pop(who, None)) for who, share in map(assignment, shares)
    ]
    if limit_of:
        raise Invalid(_("There is a limit for organisation {id} but no share.").format(id=min(limit_of)), field="limit")
    return NoticeTerms(tuple(allocations), currency)


def assignment(text: str) -> tuple[int, str]:
    who, equals, value = text.partition("=")
    if not equals or not who.isascii() or not who.isdigit():
        raise Invalid(
            _("{text} does not say which organisation.").format(text=repr(text)),
            field="share",
            hint=_("Write ORGANISATION=VALUE, such as 3=60%."),
        )
    return int(who), value
