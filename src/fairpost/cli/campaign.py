"""`fairpost campaign`: create, preview, test, send, schedule, pause, resume, cancel, follow."""

from __future__ import annotations

import json
from typing import Any

import click

from fairpost.campaigns.actions.create_campaign import change_campaign, create_campaign
from fairpost.campaigns.actions.release_canary import release_canary
from fairpost.campaigns.actions.schedule_campaign import schedule_campaign, unschedule_campaign
from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.campaigns.actions.stop_campaign import cancel_campaign, pause_campaign, resume_campaign
from fairpost.campaigns.actions.test_campaign import test_campaign
from fairpost.campaigns.queries.audience import audience_preview
from fairpost.campaigns.queries.campaigns import campaign_by_name, campaign_status, campaigns
from fairpost.campaigns.queries.mail import mail_preview
from fairpost.campaigns.queries.recipients import outcome_for_address, outcomes_in_state
from fairpost.cli.campaign_archive import archive
from fairpost.cli.output import emit, json_option, plain
from fairpost.cli.progress import follow
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.cli.times import moment
from fairpost.contacts.naming import list_named, segment_named
from fairpost.delivery.queries.relays import pool_named
from fairpost.kernel.actor import Actor
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience


@click.group("campaign")
def command() -> None:
    """Mailings: from draft to the last recipient."""


command.add_command(archive)


def found(account: str, name: str) -> tuple[Actor, int, int]:
    """Who acts, the account's number and the campaign's."""
    actor = acting()
    account_id = resolve_account(actor, account)
    return actor, account_id, campaign_by_name(actor, account_id, name)


@command.command("create")
@click.argument("name")
@click.option("--identity", "identity_id", type=int, required=True, help="Number of the sender identity.")
@click.option("--content", "content_version_id", type=int, required=True, help="Number of the content version.")
@click.option("--list", "lists", multiple=True, help="Write to the members of this list; may be given again.")
@click.option("--segment", "segments", multiple=True, help="Write to this segment; may be given again.")
@click.option("--everyone", is_flag=True, help="Write to every contact of the account.")
@click.option("--exclude-list", multiple=True, help="But not to the members of this list.")
@click.option("--exclude-segment", multiple=True, help="But not to this segment.")
@click.option("--pool", help="Relay pool, by name or number; default: the account's.")
@click.option("--no-tracking", is_flag=True, help="Leave links as they are and add no open pixel.")
@click.option("--canary", "canary_percent", type=float, default=0, help="Write to so many percent first.")
@click.option("--canary-minutes", default=60, show_default=True, help="And to the rest so long after them.")
@account_option
@json_option
def create(
    name, identity_id, content_version_id, lists, segments, everyone, exclude_list, exclude_segment, pool,
    no_tracking, canary_percent, canary_minutes, account, as_json,
):  # fmt: skip
    """Make a draft: content version, audience and sender identity."""
    actor = acting()
    account_id = resolve_account(actor, account)
    audience = audience_of(actor, account_id, everyone, lists, segments, exclude_list, exclude_segment)
    made = create_campaign(
        actor=actor,
        account_id=account_id,
        name=name,
        identity_id=identity_id,
        content_version_id=content_version_id,
        audience=audience,
        pool_id=pool_named(account_id, pool) if pool else None,
        tracking=not no_tracking,
        canary_percent=canary_percent,
        canary_minutes=canary_minutes if canary_percent else 0,
    )
    emit(made, as_json)


def audience_of(actor, account_id, everyone, lists, segments, exclude_lists, exclude_segments) -> Audience:
    """The audience that these names mean."""
    return Audience(
        everyone=everyone,
        lists=tuple(list_named(actor, account_id, each) for each in lists),
        segments=tuple(segment_named(actor, account_id, each) for each in segments),
        exclude_lists=tuple(list_named(actor, account_id, each) for each in exclude_lists),
        exclude_segments=tuple(segment_named(actor, account_id, each) for each in exclude_segments),
    )


@command.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="New name.")
@click.option("--identity", "identity_id", type=int, help="Number of another sender identity of the unit.")
@click.option("--content", "content_version_id", type=int, help="Number of another content version.")
@click.option("--list", "lists", multiple=True, help="New audience: this list; may be given again.")
@click.option("--segment", "segments", multiple=True, help="New audience: this segment; may be given again.")
@click.option("--everyone", is_flag=True, help="New audience: every contact of the account.")
@click.option("--exclude-list", multiple=True, help="New audience: but not this list.")
@click.option("--exclude-segment", multiple=True, help="New audience: but not this segment.")
@click.option("--pool", help="Relay pool, by name or number.")
@click.option("--tracking/--no-tracking", default=None, help="Whether links and opens are tracked.")
@click.option("--canary", "canary_percent", type=float, help="Write to so many percent first; 0: to all at once.")
@click.option("--canary-minutes", type=int, help="And to the rest so long after them.")
@account_option
@json_option
def change(
    name, new_name, identity_id, content_version_id, lists, segments, everyone, exclude_list, exclude_segment, pool,
    tracking, canary_percent, canary_minutes, account, as_json,
):  # fmt: skip
    """Change a draft. What is not named stays; naming any part of the audience replaces the whole of it."""
    actor, account_id, number = found(account, name)
    given = {
        "name": new_name,
        "identity_id": identity_id,
        "content_version_id": content_version_id,
        "pool_id": pool_named(account_id, pool) if pool else None,
        "tracking": tracking,
        "canary_percent": canary_percent,
        "canary_minutes": canary_minutes,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if everyone or lists or segments or exclude_list or exclude_segment:
        changes["audience"] = audience_of(
            actor, account_id, everyone, lists, segments, exclude_list, exclude_segment
        )
    emit(change_campaign(actor=actor, account_id=account_id, campaign_id=number, **changes), as_json)


@command.command("list")
@click.option("--before", type=int, help="Continue before this number.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@click.option("--tests", is_flag=True, help="Show tests too.")
@account_option
@json_option
def list_campaigns(before, limit, tests, account, as_json):
    """Campaigns of the account, the newest first."""
    actor = acting()
    rows = campaigns(actor, resolve_account(actor, account), before=before, limit=limit, tests=tests)
    if not as_json:
        rows = [{"id": r.id, "name": r.name, "state": r.state, "created": f"{r.created_at:%F %H:%M}"} for r in rows]
    emit(rows, as_json)


@command.command("preview")
@click.argument("name")
@click.option("--address", help="Show the mail as this contact would get it; default: the first of the audience.")
@click.option("--eml", type=click.File("wb"), help="Write the whole message to this file.")
@account_option
@json_option
def preview(name, address, eml, account, as_json):
    """Show the audience as it is now and the mail as one recipient would get it. Nothing is sent."""
    actor, account_id, number = found(account, name)
    audience = audience_preview(actor, account_id, number)
    mail = mail_preview(actor, account_id, number, address=address)
    if eml is not None:
        eml.write(mail.message)
    shown = {"audience": audience, "recipient": mail.recipient, "subject": mail.subject, "bytes": len(mail.message)}
    if as_json:
        emit({**shown, "text": mail.text, "html": mail.html}, True)
    else:
        emit(audience, False)
        emit({"recipient": mail.recipient, "subject": mail.subject, "bytes": len(mail.message)}, False)
        click.echo("")
        click.echo(mail.text)


@command.command("test")
@click.argument("name")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--attributes", default="{}", help="Sample attributes as JSON for addresses that are no contacts.")
@account_option
@json_option
def test(name, addresses, attributes, account, as_json):
    """Send the mail to a few addresses, marked as a test."""
    actor, account_id, number = found(account, name)
    try:
        sample = json.loads(attributes)
    except json.JSONDecodeError as error:
        raise click.BadParameter(str(error), param_hint="--attributes") from None
    made = test_campaign(
        actor=actor, account_id=account_id, campaign_id=number, addresses=addresses, attributes=sample
    )
    emit({"test": made.id, "name": made.name, "state": made.state, "addresses": len(addresses)}, as_json)


@command.command("send")
@click.argument("name")
@click.option("--latest", type=str, help="What is not sent by then is withheld: a time, or a term such as 6h.")
@click.option("--follow", "watch", is_flag=True, help="Stay and show the progress until it is done.")
@account_option
@json_option
def send(name, latest, watch, account, as_json):
    """Start a campaign now."""
    actor, account_id, number = found(account, name)
    status = send_campaign(
        actor=actor, account_id=account_id, campaign_id=number, latest_at=moment(latest) if latest else None
    )
    if watch:
        status = follow(actor, account_id, number)
    emit(told(status), as_json)


@command.command("schedule")
@click.argument("name")
@click.option("--at", required=True, help="When it starts: 2027-03-01T09:00+01:00, or a term from now such as 2h.")
@click.option("--latest", help="What is not sent by then is withheld.")
@account_option
@json_option
def schedule(name, at, latest, account, as_json):
    """Start a campaign later."""
    actor, account_id, number = found(account, name)
    view = schedule_campaign(
        actor=actor,
        account_id=account_id,
        campaign_id=number,
        at=moment(at),
        latest_at=moment(latest) if latest else None,
    )
    emit({"campaign": view.id, "state": view.state, "at": view.scheduled_at, "latest": view.latest_at}, as_json)


@command.command("unschedule")
@click.argument("name")
@account_option
@json_option
def unschedule(name, account, as_json):
    """Make a scheduled campaign a draft again."""
    actor, account_id, number = found(account, name)
    emit(unschedule_campaign(actor=actor, account_id=account_id, campaign_id=number), as_json)


@command.command("pause")
@click.argument("name")
@click.option("--reason", help="Why; shown in the status.")
@account_option
@json_option
def pause(name, reason, account, as_json):
    """Stop a campaign. When this returns nothing more of it is handed to a relay."""
    actor, account_id, number = found(account, name)
    emit(pause_campaign(actor=actor, account_id=account_id, campaign_id=number, reason=reason), as_json)


@command.command("resume")
@click.argument("name")
@click.option("--reason", help="Why; shown in the status.")
@account_option
@json_option
def resume(name, reason, account, as_json):
    """Go on with a paused campaign, or with one that a relay's refusal stopped."""
    actor, account_id, number = found(account, name)
    emit(resume_campaign(actor=actor, account_id=account_id, campaign_id=number, reason=reason), as_json)


@command.command("cancel")
@click.argument("name")
@click.option("--reason", help="Why; shown in the status.")
@account_option
@json_option
def cancel(name, reason, account, as_json):
    """End a campaign for good; whoever was not written to is withheld."""
    actor, account_id, number = found(account, name)
    emit(cancel_campaign(actor=actor, account_id=account_id, campaign_id=number, reason=reason), as_json)


@command.command("release-canary")
@click.argument("name")
@click.option("--reason", help="Why; kept on record.")
@account_option
@json_option
def release(name, reason, account, as_json):
    """Write to the rest now, whatever the first part showed."""
    actor, account_id, number = found(account, name)
    emit(told(release_canary(actor=actor, account_id=account_id, campaign_id=number, reason=reason)), as_json)


@command.command("status")
@click.argument("name")
@click.option("--follow", "watch", is_flag=True, help="Stay and show the progress until it is done.")
@account_option
@json_option
def status(name, watch, account, as_json):
    """How far a campaign is: exact counts, reasons, and what it waits for."""
    actor, account_id, number = found(account, name)
    seen = follow(actor, account_id, number) if watch else campaign_status(actor, account_id, number)
    emit(told(seen), as_json)


@command.command("recipients")
@click.argument("name")
@click.option("--address", help="What this contact got, and if nothing, why not.")
@click.option(
    "--state",
    type=click.Choice(["pending", "accepted", "deferred", "withheld", "failed", "in_doubt", "unknown"]),
    help="Recipients in this state.",
)
@click.option("--after", default=0, help="Continue behind this ordinal.")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@account_option
@json_option
def recipients(name, address, state, after, limit, account, as_json):
    """What became of single recipients."""
    actor, account_id, number = found(account, name)
    if (address is None) == (state is None):
        raise click.UsageError(_("Give either --address or --state."))
    if address is not None:
        emit(outcome_for_address(actor, account_id, number, address), as_json)
    else:
        emit(outcomes_in_state(actor, account_id, number, state, after=after, limit=limit), as_json)


def told(status: Any) -> dict[str, Any]:
    """The status as one flat record."""
    view = status.campaign
    record: dict[str, Any] = {"campaign": view.id, "name": view.name, "state": view.state}
    if status.progress is not None:
        counts = status.progress
        record["state"] = counts.state
        for field in ("audience", "pending", "accepted", "deferred", "withheld", "failed", "in_doubt", "unknown"):
            record[field] = getattr(counts, field)
        record["possibly_doubled"] = counts.possibly_doubled
        record["reasons"] = [{"state": s, "reason": r, "count": c} for s, r, c in counts.reasons]
        record["latest"] = counts.latest_at
        if status.beyond_relays is not None:
            record["beyond_relays"] = plain(status.beyond_relays)
    elif status.campaign.state_reason:
        record["reason"] = status.campaign.state_reason
    if status.held is not None:
        record["held"] = list(status.held.reasons)
        if record["state"] == "running":
            record["state"] = "held"
    if status.canary is not None:
        record["canary"] = {"recipients": status.canary.size, "state": status.canary.state}
    if status.waiting_for:
        record["waiting_for"] = list(status.waiting_for)
    return record
