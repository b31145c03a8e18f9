"""`fairpost campaign archive`: what anybody may read of what was sent."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account


@click.command("archive")
@click.argument("name", required=False)
@click.option("--withdraw", is_flag=True, help="Show it no longer.")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def archive(name, withdraw, reason, account, as_json):
    """Let anybody read a campaign that was sent, and show its address; without NAME list what is shown."""
    from fairpost.campaigns.actions.archive_campaign import archive_campaign, unarchive_campaign
    from fairpost.campaigns.queries.archive import archived
    from fairpost.campaigns.queries.campaigns import campaign_by_name
    from fairpost.cli.reading import may_read

    if not name:
        _actor, account_id = may_read(account, "campaign.read")
        emit(archived(account_id), as_json)
        return
    actor = acting()
    account_id = resolve_account(actor, account)
    which = {"actor": actor, "account_id": account_id, "campaign_id": campaign_by_name(actor, account_id, name)}
    if withdraw:
        unarchive_campaign(**which, reason=reason)
        emit({"campaign": name, "url": ""}, as_json)
        return
    emit({"campaign": name, "url": archive_campaign(**which, reason=reason)}, as_json)
