"""`fairpost donation`: take donations in, list and report them, make receipts and letters."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from fairpost.cli.contacts_import import pairs
from fairpost.cli.days import beginning_of, end_of
from fairpost.cli.donation_documents import letter, receipt
from fairpost.cli.output import emit, json_option, plain
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.text import _


@click.group("donation")
def command() -> None:
    """Donations: what came back as money."""


command.add_command(receipt)
command.add_command(letter)
since_option = click.option("--from", "since", default="", help="From this day or time on, such as 2027-03-01.")
until_option = click.option("--to", "until", default="", help="Until the end of this day, or until this time.")


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--platform", default="", help="The platform that the file is of, where it has no such column.")
@click.option("--map", "mapped", multiple=True, help="COLUMN=name as in docs/reference/donations.md, or COLUMN=-.")
@click.option("--zone", default="", help="Time zone of times that name none, such as Europe/Rome.")
@click.option("--decimal", type=click.Choice(["dot", "comma"]), default="dot", show_default=True,
              help="The sign before the decimals of amounts.")  # fmt: skip
@click.option("--encoding", default="", help="The file's encoding; default: found from its bytes.")
@click.option("--delimiter", default="", help="The character between values; default: found. Write \\t for a tab.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="File for the rows that are refused; default: FILE.rejects.csv.")  # fmt: skip
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def import_(file, platform, mapped, zone, decimal, encoding, delimiter, rejects, reason, account, as_json):
    """Take in a platform's export, a CSV file; again, it adds what is not there yet and nothing twice."""
    from fairpost.events.actions.import_donations import import_donations
    from fairpost.events.donations.reading import Reading

    actor = acting()
    done = import_donations(
        actor=actor,
        account_id=resolve_account(actor, account),
        path=file,
        rejects=rejects or file.with_name(f"{file.name}.rejects.csv"),
        columns=pairs(mapped, "--map"),
        reading=Reading(platform, zone_named(zone), decimal == "comma"),
        encoding=encoding,
        delimiter="\t" if delimiter == "\\t" else delimiter,
        reason=reason,
    )
    if as_json:
        emit(done, True)
        return
    told = {key: value for key, value in plain_of(done).items() if key != "first_refused"}
    emit({**told, "left_out": ", ".join(done.left_out)}, False)
    for each in done.first_refused[:10]:
        click.echo(_("Line {line}: {reason}").format(line=each.row, reason=each.reason), err=True)


@command.command("receiver")
@click.argument("platform")
@click.argument("receiver")
@click.argument("organisation_id", type=int)
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def receiver_(platform, receiver, organisation_id, reason, account, as_json):
    """Say that RECEIVER on PLATFORM is the organisation of that number; past donations are divided anew."""
    from fairpost.events.actions.name_receiver import name_receiver

    actor = acting()
    named = name_receiver(
        actor=actor,
        account_id=resolve_account(actor, account),
        platform=platform,
        receiver=receiver,
        organisation_id=organisation_id,
        reason=reason,
    )
    emit(named, as_json)


@command.command("list")
@click.option("--campaign", default="", help="Only those attributed to this campaign, by name or number.")
@since_option
@until_option
@click.option("--before", default="", help="Go on before this place (--json shows it).")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@account_option
@json_option
def list_(campaign, since, until, before, limit, account, as_json):
    """List donations line by line, the newest first."""
    from fairpost.events.queries.donations import donations

    actor = acting()
    account_id = resolve_account(actor, account)
    rows = donations(
        actor,
        account_id,
        campaign_id=campaign_number(actor, account_id, campaign),
        since=beginning_of(account_id, since),
        until=end_of(account_id, until),
        before=before,
        limit=limit,
    )
    columns = ("at", "platform", "order_id", "line_item", "currency", "amount", "net", "organisation", "campaign_id",
               "attribution", "notes")  # fmt: skip
    emit(rows if as_json else [{name: getattr(row, name) for name in columns} for row in rows], as_json)


@command.command("report")
@click.option("--campaign", default="", help="Of this campaign, by name or number.")
@click.option("--sender", "identity_id", type=int, help="Of the campaigns of this sender identity.")
@click.option("--joint-sender", "joint_sender_id", type=int, help="Of what came through this joint sender.")
@since_option
@until_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@account_option
@json_option
def report(campaign, identity_id, joint_sender_id, since, until, as_csv, account, as_json):
    """Report what was raised: of the account, or of a campaign, a sender or a joint sender."""
    from fairpost.events.donations.table import report_rows
    from fairpost.events.queries.donation_report import donation_report

    actor = acting()
    account_id = resolve_account(actor, account)
    found = donation_report(
        actor,
        account_id,
        campaign_id=campaign_number(actor, account_id, campaign),
        identity_id=identity_id,
        joint_sender_id=joint_sender_id,
        since=beginning_of(account_id, since),
        until=end_of(account_id, until),
    )
    if as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(report_rows(found))
    elif as_json:
        emit(found, True)
    else:
        show(found)


def show(found) -> None:
    """The report for people: figures by currency, then the parts that hold anything."""
    click.echo(found.window)
    click.echo(_("Mails that relays accepted: {mails}").format(mails=found.mails))
    if found.waiting:
        click.echo(_("Refunds and other changes that wait for their donation: {count}").format(count=found.waiting))
    for each in found.currencies:
        click.echo("")
        emit(each, False)
    for title, parts in (
        (_("By participant"), found.by_participant),
        (_("By campaign"), found.by_campaign),
        (_("By hour (UTC)"), found.by_hour),
        (_("Not attributed"), found.not_attributed),
    ):
        if parts:
            click.echo(f"\n{title}")
            emit(parts, False)


def campaign_number(actor, account_id: int, name: str) -> int | None:
    from fairpost.campaigns.queries.campaigns import campaign_by_name

    return campaign_by_name(actor, account_id, name) if name else None


def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        text = _("There is no time zone {name}.").format(name=repr(name))
        raise click.BadParameter(text, param_hint="--zone") from None


def plain_of(record) -> dict:
    return dict(plain(record))
