"""`fairpost clear`: content that a person looked at and released before it is sent."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting, resolve_account
from fairpost.enforcement.actions.clear_content import clear_content, clear_version
from fairpost.enforcement.actions.withdraw_clearance import withdraw_clearance
from fairpost.enforcement.queries.clearances import clearances
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


@click.group("clear")
def command() -> None:
    """Clearances: releases of content, hours ahead if need be."""


@command.command("content")
@click.argument("content", nargs=-1, required=True)
@click.option("--account", default="", help="Only for this account; default: wherever this content is sent.")
@click.option("--family", default="", help="Name of the family, where several are variants of one mail.")
@click.option("--reason", required=True, help="What was looked at, and why it may go.")
@json_option
def content_(content, account, family, reason, as_json):
    """Clear CONTENT: hashes, or with --account the numbers of content versions."""
    actor = acting()
    account_id = resolve_account(actor, account) if account else None
    numbers = [int(each) for each in content if each.isdecimal() and len(each) < 10]
    if not numbers:
        done = clear_content(actor=actor, account_id=account_id, content=content, reason=reason, family=family)
    elif len(numbers) == len(content) and account_id is not None:
        done = clear_version(
            actor=actor, account_id=account_id, content_version_ids=numbers, reason=reason, family=family
        )
    else:
        raise Invalid(_("Give hashes, or the numbers of content versions with their --account."), field="content")
    emit(done, as_json)


@command.command("withdraw")
@click.argument("clearance_id", type=int, required=False)
@click.option("--family", default="", help="All of this family instead of one.")
@click.option("--reason", required=True, help="Why it is taken back.")
@json_option
def withdraw(clearance_id, family, reason, as_json):
    """Take a clearance back; what asks for a review asks again."""
    done = withdraw_clearance(actor=acting(), clearance_id=clearance_id, family=family, reason=reason)
    emit(done if as_json else list(done.clearances), as_json)


@command.command("list")
@click.option("--account", default="", help="Only what holds for this account; default: all.")
@click.option("--family", default="", help="Only of this family.")
@click.option("--before", type=int, help="Go on before this clearance.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(account, family, before, limit, as_json):
    """Show clearances, the newest first."""
    actor = acting()
    own = account or actor.account_id is not None
    account_id = resolve_account(actor, account) if own else None
    emit(clearances(actor, account_id=account_id, family=family, before=before, limit=limit), as_json)
