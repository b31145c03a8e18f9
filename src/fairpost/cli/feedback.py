"""`fairpost feedback`: bounces, refusals and complaints, one by one, and the mail that nothing could be made of."""

from __future__ import annotations

import click

from fairpost.campaigns.queries.feedback import (
    account_feedback,
    campaign_classes,
    campaign_feedback,
    contact_feedback,
    one_report,
)
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.events.queries.feedback import Feedback
from fairpost.events.queries.returned_mail import unmapped_beginning, unmapped_mail
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

limit_option = click.option("--limit", type=click.IntRange(1, 500), default=50, help="How many at most; default: 50.")
before_option = click.option("--before", type=click.IntRange(1), help="Only those older than this number.")


@click.group("feedback")
def command() -> None:
    """What came back about messages: bounces, refusals, complaints."""


@command.command("list")
@click.option("--campaign", "campaign_id", type=int, help="Only about this campaign.")
@click.option("--contact", "address", help="Only about this address.")
@click.option("--classes", is_flag=True, help="How many of each class, instead of single reports; needs --campaign.")
@before_option
@limit_option
@account_option
@json_option
def list_(campaign_id, address, classes, before, limit, account, as_json):
    """Show what came back, the newest first."""
    if (campaign_id and address) or (classes and not campaign_id):
        raise Invalid(_("Give a campaign or an address, not both; classes are those of one campaign."))
    actor = acting()
    account_id = resolve_account(actor, account)
    if classes:
        emit(campaign_classes(actor, account_id, campaign_id), as_json)
        return
    given = {"before": before, "limit": limit}
    if campaign_id:
        rows = campaign_feedback(actor, account_id, campaign_id, **given)
    elif address:
        rows = contact_feedback(actor, account_id, address, **given)
    else:
        rows = account_feedback(actor, account_id, **given)
    emit(rows if as_json else [short(each) for each in rows], as_json)


def short(row: Feedback) -> dict[str, object]:
    return {
        "id": row.id,
        "at": row.at.isoformat(timespec="seconds"),
        "kind": row.kind,
        "class": row.cls,
        "campaign": row.campaign_id,
        "address": row.address,
        "status": row.status or row.code,
        "effect": row.effect,
    }


@command.command("show")
@click.argument("feedback_id", type=int)
@account_option
@json_option
def show(feedback_id, account, as_json):
    """Show one report with what was said."""
    actor = acting()
    emit(one_report(actor, resolve_account(actor, account), feedback_id), as_json)


@command.command("unmapped")
@click.option("--raw", "mail_id", type=int, help="Print the beginning of this mail as it came, instead of the list.")
@before_option
@limit_option
@json_option
def unmapped(mail_id, before, limit, as_json):
    """Show returned mail of which nobody could say what it is about; for who runs the installation."""
    if mail_id:
        click.get_binary_stream("stdout").write(unmapped_beginning(acting(), mail_id))
        return
    emit(unmapped_mail(acting(), before=before, limit=limit), as_json)
