"""`fairpost account status`: what is in force on an account, by whom and since when, what waits and what goes on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from fairpost.cli.decided import scope_in_words, when
from fairpost.cli.held import line
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.enforcement.queries.restrictions import Restriction, status
from fairpost.integrations.queries.webhooks import failing_webhooks
from fairpost.kernel.text import _


@click.command("status")
@account_option
@json_option
def status_(account, as_json):
    """Show what is in force on an account, measures and its own pauses, and which campaigns wait."""
    actor = acting()
    found = status(actor, resolve_account(actor, account))
    failing = failing_webhooks(found.account_id)
    if as_json:
        emit({**asdict(found), "failing_webhooks": failing}, True)
        return
    click.echo(_("In force on account {account}:").format(account=found.account_id))
    emit([restriction(each) for each in found.restrictions], False)
    click.echo("")
    click.echo(_("Campaigns that wait:"))
    emit([line(each) for each in found.held], False)
    click.echo("")
    if failing:
        click.echo(_("Webhooks that are failing, so that nothing more is posted to them:"))
        emit([{"id": each.id, "url": each.url, "reason": each.state_reason} for each in failing], False)
        click.echo("")
    click.echo(_("What always goes on:"))
    for each in found.always:
        click.echo(f"  {each}")


def restriction(found: Restriction) -> dict[str, Any]:
    limits = {_("at most {count} an hour"): found.per_hour, _("at most {count} recipients"): found.audience}
    effects = [_("off: {what}").format(what=", ".join(found.denies))] if found.denies else []
    effects += [_("review")] if found.review else []
    effects += [sentence.format(count=count) for sentence, count in limits.items() if count is not None]
    return {
        "name": found.name,
        "kind": found.kind,
        "effect": "; ".join(effects),
        "scope": scope_in_words(found.scope),
        "begun_by": found.begun_by,
        "since": when(found.since),
        "until": when(found.until) if found.until else "",
        "clauses": ", ".join(found.clauses),
        "url": found.url,
    }
