"""`fairpost held`: campaigns that wait, and those who decide about them."""

from __future__ import annotations

from typing import Any

import click

from fairpost.campaigns.queries.campaigns import campaign_by_name
from fairpost.cli.decided import when
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.enforcement.actions.confirm_campaign import confirm_campaign
from fairpost.enforcement.actions.review_campaign import VERDICTS, review_campaign
from fairpost.enforcement.queries.dispositions import DispositionView, HeldView, dispositions, held_campaigns
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _


@click.group("held")
def command() -> None:
    """Campaigns that are held: why, until when, and what goes on with them."""


@command.command("list")
@click.option("--account", default="", help="Only of this account; default: of all, for those who review.")
@click.option("--review", is_flag=True, help="Only those that wait for a person's review.")
@click.option("--before", type=int, help="Go on before this campaign's number.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(account, review, before, limit, as_json):
    """Show campaigns that wait, the newest first."""
    actor = acting()
    own = bool(account) or actor.account_id is not None
    account_id = resolve_account(actor, account) if own else None
    rows = held_campaigns(actor, account_id=account_id, review=review or None, before=before, limit=limit)
    emit(rows if as_json else [line(each) for each in rows], as_json)


@command.command("why")
@click.argument("name")
@account_option
@json_option
def why(name, account, as_json):
    """Show everything that was held, withheld or released of a campaign, and every reason."""
    actor = acting()
    account_id = resolve_account(actor, account)
    rows = dispositions(actor, account_id, campaign_by_name(actor, account_id, name))
    emit(rows if as_json else [disposition(each) for each in rows], as_json)


@command.command("review")
@click.argument("campaign_id", type=int)
@click.argument("verdict", type=click.Choice(sorted(VERDICTS)))
@click.option("--reason", required=True, help="Why; the sender is told.")
@account_option
@json_option
def review(campaign_id, verdict, reason, account, as_json):
    """Release a campaign that waits for review, block it, or return it to its sender."""
    actor = acting()
    done = review_campaign(
        actor=actor,
        account_id=resolve_account(actor, account),
        campaign_id=campaign_id,
        verdict=verdict,
        reason=reason,
    )
    emit(done if as_json else line(done), as_json)


@command.command("confirm")
@click.argument("name")
@click.option("--reason", help="Kept with the confirmation.")
@account_option
@json_option
def confirm(name, reason, account, as_json):
    """Send what was held, once nothing holds it any more."""
    actor = acting()
    account_id = resolve_account(actor, account)
    number = campaign_by_name(actor, account_id, name)
    done = confirm_campaign(actor=actor, account_id=account_id, campaign_id=number, reason=reason)
    emit(done if as_json else {"campaign": done.campaign_id, "state": "confirmed"}, as_json)


def line(view: HeldView) -> dict[str, Any]:
    """What a list of held campaigns shows."""
    return {
        "campaign": view.campaign_id,
        "account": view.account_id,
        "state": view.state,
        "reasons": ", ".join(view.reasons),
        "since": when(view.held_at),
        "review_by": when(view.review_due_at) if view.review_due_at else "",
        "otherwise": state_in_words(VERDICTS[view.on_time_out]) if view.on_time_out else "",
        "reason": view.decided_reason,
    }


def disposition(view: DispositionView) -> dict[str, Any]:
    return {
        "at": when(view.at),
        "effect": state_in_words(view.effect),
        "reasons": ", ".join(view.reasons),
        "recipients": _("all") if view.recipients is None else view.recipients,
    }
