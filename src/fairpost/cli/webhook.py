"""`fairpost webhook`: what happens in an account is posted to the addresses that it names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.integrations.actions.add_webhook import add_webhook
from fairpost.integrations.actions.change_webhooks import (
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_webhook,
)
from fairpost.integrations.actions.redeliver import redeliver as redeliver_one
from fairpost.integrations.actions.redeliver import redeliver_given_up
from fairpost.integrations.actions.try_webhook import try_webhook
from fairpost.integrations.queries.webhooks import DeliveryRow, WebhookRow, deliveries, webhook, webhooks
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

reason_option = click.option("--reason", help="Why, for the record.")
secret_option = click.option("--secret", help="whsec_ and the base64 of 24 to 64 octets; default: a new one.")


@click.group("webhook")
def command() -> None:
    """Post what happens in an account to other systems; see what was posted, and post it again."""


@command.command("add")
@click.argument("url")
@click.option("--event", "events", multiple=True, default=("*",), help="A type, or contact.*; repeat. Default: all.")
@click.option("--unit", "unit_id", type=int, help="Only what concerns campaigns of this business unit.")
@secret_option
@reason_option
@account_option
@json_option
def add(url, events, unit_id, secret, reason, account, as_json):
    """Post events to URL from now on; the secret that signs them is shown this once."""
    actor = acting()
    added = add_webhook(
        actor=actor,
        account_id=resolve_account(actor, account),
        url=url,
        events=events,
        unit_id=unit_id,
        secret=secret,
        reason=reason,
    )
    emit(added, as_json)


@command.command("list")
@click.option("--removed", is_flag=True, help="Those that were removed, too.")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@account_option
@json_option
def list_(removed, after, account, as_json):
    """Show the account's webhooks, and how many events wait for each."""
    actor = acting()
    rows = webhooks(actor, resolve_account(actor, account), removed=removed, after=after)
    emit(rows if as_json else [line(each) for each in rows], as_json)


@command.command("show")
@click.argument("webhook_id", type=int)
@account_option
@json_option
def show(webhook_id, account, as_json):
    """Show one webhook."""
    actor = acting()
    emit(webhook(actor, resolve_account(actor, account), webhook_id), as_json)


@command.command("log")
@click.argument("webhook_id", type=int)
@click.option("--before", type=int, help="Show those with a lower number than this.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@account_option
@json_option
def log(webhook_id, before, limit, account, as_json):
    """Show what was posted, or waits for it, the newest first."""
    actor = acting()
    rows = deliveries(actor, resolve_account(actor, account), webhook_id, before=before, limit=limit)
    emit(rows if as_json else [post(each) for each in rows], as_json)


@command.command("test")
@click.argument("webhook_id", type=int)
@reason_option
@account_option
@json_option
def test(webhook_id, reason, account, as_json):
    """Post an event of no meaning at once, and say what came of it."""
    actor = acting()
    emit(
        try_webhook(
            actor=actor, account_id=resolve_account(actor, account), webhook_id=webhook_id, reason=reason
        ),
        as_json,
    )


@command.command("redeliver")
@click.argument("webhook_id", type=int)
@click.argument("delivery_id", required=False)
@click.option("--given-up", is_flag=True, help="All that was given up, instead of one delivery.")
@reason_option
@account_option
@json_option
def redeliver(webhook_id, delivery_id, given_up, reason, account, as_json):
    """Post DELIVERY_ID again, under that id."""
    if bool(delivery_id) == given_up:
        raise Invalid(_("Name one delivery, or say --given-up."), hint=_("`fairpost webhook log` shows them."))
    actor = acting()
    who: dict[str, Any] = {"actor": actor, "account_id": resolve_account(actor, account), "webhook_id": webhook_id}
    if given_up:
        emit({"deliveries": redeliver_given_up(**who, reason=reason)}, as_json)
        return
    emit(redeliver_one(**who, delivery_id=delivery_id, reason=reason), as_json)


@command.command("rotate")
@click.argument("webhook_id", type=int)
@click.option("--overlap", default=24, show_default=True, help="Hours for which posts are signed with the old one too.")
@secret_option
@reason_option
@account_option
@json_option
def rotate(webhook_id, overlap, secret, reason, account, as_json):
    """Make a new secret, shown this once."""
    actor = acting()
    emit(
        rotate_webhook(
            actor=actor,
            account_id=resolve_account(actor, account),
            webhook_id=webhook_id,
            overlap=timedelta(hours=overlap),
            secret=secret,
            reason=reason,
        ),
        as_json,
    )


@command.command("pause")
@click.argument("webhook_id", type=int)
@reason_option
@account_option
@json_option
def pause(webhook_id, reason, account, as_json):
    """Post nothing more until it is resumed; events are kept for thirty days."""
    actor = acting()
    who = {"actor": actor, "account_id": resolve_account(actor, account)}
    emit(pause_webhook(**who, webhook_id=webhook_id, reason=reason), as_json)


@command.command("resume")
@click.argument("webhook_id", type=int)
@reason_option
@account_option
@json_option
def resume(webhook_id, reason, account, as_json):
    """Go on with a webhook that is paused or failing."""
    actor = acting()
    who = {"actor": actor, "account_id": resolve_account(actor, account)}
    emit(resume_webhook(**who, webhook_id=webhook_id, reason=reason), as_json)


@command.command("remove")
@click.argument("webhook_id", type=int)
@reason_option
@account_option
@json_option
def remove(webhook_id, reason, account, as_json):
    """End a webhook for good; what waits for it and its log are deleted."""
    actor = acting()
    remove_webhook(
        actor=actor, account_id=resolve_account(actor, account), webhook_id=webhook_id, reason=reason
    )
    emit({"id": webhook_id, "removed": True}, as_json)


def line(row: WebhookRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "state": row.state,
        "reason": row.state_reason,
        "waiting": row.waiting,
        "failures": row.failures,
        "events": ", ".join(row.events),
    }


def post(row: DeliveryRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "delivery": row.delivery_id,
        "state": row.state,
        "events": row.events,
        "attempts": row.attempts,
        "tried_at": row.tried_at,
        "next_at": row.next_at,
        "status": row.status,
        "error": row.error,
    }
