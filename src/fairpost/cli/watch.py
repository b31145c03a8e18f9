"""`fairpost watch`: rates of complaints and bounces, and what the machine noticed and did."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.events.queries.watch import alarms, rates


@click.group("watch")
def command() -> None:
    """What comes back of an account's mail, held against the limits."""


@command.command("rates")
@account_option
@json_option
def rates_(account, as_json):
    """Complaints and bounces of the last seven days, by sending domain and mailbox provider."""
    actor = acting()
    emit(rates(actor, resolve_account(actor, account)), as_json)


@command.command("alarms")
@click.option("--before", type=int, help="Continue before this number.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@account_option
@json_option
def alarms_(before, limit, account, as_json):
    """What the watch noticed, the newest first, and what followed from it."""
    actor = acting()
    emit(alarms(actor, resolve_account(actor, account), before=before, limit=limit), as_json)
