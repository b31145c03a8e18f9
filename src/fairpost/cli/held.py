"""`fairpost held`: campaigns that wait, and those who decide about them."""

from __future__ import annotations

import click

from fairpost.campaigns.queries.campaigns import campaign_by_name
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.enforcement.actions.confirm_campaign import confirm_campaign
from fairpost.enforcement.actions.review_campaign import VERDICTS, review_campaign
from fairpost.enforcement.queries.dispositions import dispositions, held_campaigns


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
    emit(rows, as_json)


@command.command("why")
@click.argument("name")
@account_option
@json_option
def why(name, account, as_json):
    """Show everything that was held, withheld or released of a campaign, and every reason."""
    actor = acting()
    account_id = resolve_account(actor, account)
    emit(dispositions(actor, account_id, campaign_by_name(actor, account_id, name)), as_json)


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
    emit(done, as_json)


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
    emit(confirm_campaign(actor=actor, account_id=account_id, campaign_id=number, reason=reason), as_json)
