"""`fairpost results`: what came back, of a campaign or of all campaigns of somebody, as lines, JSON, CSV or a chart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from fairpost.campaigns.queries.campaigns import campaign_by_name
from fairpost.cli.days import beginning_of, end_of
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.events.queries.cadence import cadence as find_cadence
from fairpost.events.queries.link_map import link_map
from fairpost.events.queries.results import results
from fairpost.events.queries.results_by_domain import results_by_domain
from fairpost.events.queries.results_by_link import results_by_link
from fairpost.events.queries.results_over_time import results_over_time
from fairpost.events.reports import chart as charts
from fairpost.events.reports import table as tables
from fairpost.events.reports.page import page
from fairpost.events.reports.scope import Scope
from fairpost.events.reports.table import Table, write_csv
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

FILE = click.Path(dir_okay=False, path_type=Path)
Asker = tuple[Actor, int, Scope]


@click.group("results")
def command() -> None:
    """Opens, clicks, donations and all else that came back."""


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The account, and the ways to have a report: lines, JSON, CSV, a chart."""
    for option in (
        json_option,
        account_option,
        click.option("--chart", type=FILE, help="Draw it into this file: .svg, or .html with the table beside it."),
        click.option("--csv", "csv_file", type=FILE, help="Write it to this CSV file."),
    ):
        function = option(function)
    return function


def period_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--to", "until", default="", help="Campaigns begun until the end of this day, or this time."),
        click.option("--from", "since", default="", help="Campaigns begun from this day or time on, as 2027-03-01."),
    ):
        function = option(function)
    return function


def scope_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Of what: everything of the account where none is given."""
    for option in (
        click.option("--joint-sender", "joint_sender_id", type=int, help="Only what was sent for this joint sender."),
        click.option("--unit", "unit_id", type=int, help="Only of this business unit."),
        click.option("--sender", "identity_id", type=int, help="Only of this sender identity."),
    ):
        function = option(function)
    return period_options(function)


def asker(account: str, since: str = "", until: str = "", campaign: str = "", **which: int | None) -> Asker:
    """Who asks, in which account, for what."""
    actor = acting()
    account_id = resolve_account(actor, account)
    number = campaign_by_name(actor, account_id, campaign) if campaign else None
    since_at, until_at = beginning_of(account_id, since), end_of(account_id, until)
    return actor, account_id, Scope(campaign_id=number, since=since_at, until=until_at, **which)


def show(found: Any, table: Table, spec: Callable[[Table], Any], as_json: bool, csv_file, chart) -> None:
    """Writes the files that were asked for, and prints lines or JSON."""
    if csv_file is not None:
        with csv_file.open("w", encoding="utf-8", newline="") as out:
            write_csv(table, out)
    if chart is not None:
        drawn = charts.svg(spec(table))
        if chart.suffix not in (".svg", ".html"):
            raise Invalid(
                _("A chart is written as .svg or .html, not as {suffix}.").format(suffix=repr(chart.suffix)),
                field="chart",
            )
        chart.write_text(drawn if chart.suffix == ".svg" else page(table, drawn), encoding="utf-8")
    if as_json:
        emit(found, True)
    else:
        emit([dict(zip(table.columns, map(tables.text_of, row), strict=True)) for row in table.rows], False)


def show_results(who: Asker, as_json: bool, csv_file, chart) -> None:
    found = results(*who)
    show(found, tables.results_table(found), charts.results_chart, as_json, csv_file, chart)
    if not as_json:
        for each in found.rates:
            share = "-" if each.share is None else f"{100 * each.share:.2f} %"
            click.echo(f"{share:>9}  {each.part} / {each.whole}  {each.meaning}")


@command.command("campaign")
@click.argument("name")
@output_options
def campaign(name, account, csv_file, chart, as_json):
    """What the campaign NAME (or its number) came to."""
    show_results(asker(account, campaign=name), as_json, csv_file, chart)


@command.command("sender")
@click.argument("identity_id", type=int)
@period_options
@output_options
def sender(identity_id, since, until, account, csv_file, chart, as_json):
    """All campaigns of one sender identity, by its number."""
    show_results(asker(account, since, until, identity_id=identity_id), as_json, csv_file, chart)


@command.command("unit")
@click.argument("unit_id", type=int)
@period_options
@output_options
def unit(unit_id, since, until, account, csv_file, chart, as_json):
    """All campaigns of one business unit, by its number."""
    show_results(asker(account, since, until, unit_id=unit_id), as_json, csv_file, chart)


@command.command("joint-sender")
@click.argument("joint_sender_id", type=int)
@period_options
@output_options
def joint_sender(joint_sender_id, since, until, account, csv_file, chart, as_json):
    """All campaigns that were sent for one joint sender, by its number."""
    show_results(asker(account, since, until, joint_sender_id=joint_sender_id), as_json, csv_file, chart)


@command.command("account")
@period_options
@output_options
def whole_account(since, until, account, csv_file, chart, as_json):
    """All campaigns of the account."""
    show_results(asker(account, since, until), as_json, csv_file, chart)


@command.command("links")
@click.argument("name")
@output_options
def links(name, account, csv_file, chart, as_json):
    """Which links of the campaign NAME were followed."""
    actor, account_id, scope = asker(account, campaign=name)
    found = results_by_link(actor, account_id, scope.campaign_id)
    show(found, tables.links_table(found), charts.links_chart, as_json, csv_file, chart)


@command.command("map")
@click.argument("name")
@click.option("--out", type=FILE, required=True, help="The page to write.")
@account_option
def map_(name, out, account):
    """Lay the clicks over the mail of the campaign NAME, as one page."""
    actor, account_id, scope = asker(account, campaign=name)
    out.write_text(link_map(actor, account_id, scope.campaign_id), encoding="utf-8")
    click.echo(_("Written to {file}.").format(file=out))


campaign_option = click.option("--campaign", default="", help="Only this campaign, by name or number.")
step_option = click.option("--by", "step", type=click.Choice(["hour", "day"]), help="How long each interval is.")
zone_option = click.option("--zone", default="", help="Time zone, such as Europe/Rome; default: the account's.")


@command.command("over-time")
@campaign_option
@scope_options
@step_option
@zone_option
@output_options
def over_time(campaign, identity_id, unit_id, joint_sender_id, since, until, step, zone, account, csv_file, chart,
              as_json):  # fmt: skip
    """What came back in each hour or day, each occurrence counted."""
    which = {"identity_id": identity_id, "unit_id": unit_id, "joint_sender_id": joint_sender_id}
    found = results_over_time(*asker(account, since, until, campaign, **which), step=step or "hour", zone=zone)
    show(found, tables.time_table(found), charts.time_chart, as_json, csv_file, chart)


@command.command("domains")
@campaign_option
@scope_options
@click.option("--by", type=click.Choice(["domain", "provider"]), default="domain", show_default=True,
              help="Domains of addresses, or the mailbox providers behind them.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="At most so many.")
@output_options
def domains(campaign, identity_id, unit_id, joint_sender_id, since, until, by, limit, account, csv_file, chart,
            as_json):  # fmt: skip
    """What came back by the recipients' domain; those beyond the limit are together in the last line."""
    which = {"identity_id": identity_id, "unit_id": unit_id, "joint_sender_id": joint_sender_id}
    found = results_by_domain(*asker(account, since, until, campaign, **which), by=by, limit=limit)
    show(found, tables.domains_table(found), charts.domains_chart, as_json, csv_file, chart)


@command.command("cadence")
@scope_options
@step_option
@zone_option
@output_options
def cadence(identity_id, unit_id, joint_sender_id, since, until, step, zone, account, csv_file, chart, as_json):
    """How many campaigns began on each day or in each hour."""
    which = {"identity_id": identity_id, "unit_id": unit_id, "joint_sender_id": joint_sender_id}
    found = find_cadence(*asker(account, since, until, **which), step=step or "day", zone=zone)
    show(found, tables.cadence_table(found), charts.cadence_chart, as_json, csv_file, chart)
    if not as_json and found.busiest_day and found.busiest_hour:
        text = _("{campaigns} campaigns in {days} days; most in a day: {day}, most in an hour: {hour}.")
        click.echo(
            text.format(
                campaigns=found.campaigns,
                days=found.days,
                day=f"{found.busiest_day.campaigns} ({found.busiest_day.begins_at:%F})",
                hour=f"{found.busiest_hour.campaigns} ({found.busiest_hour.begins_at:%F %H:%M})",
            )
        )
