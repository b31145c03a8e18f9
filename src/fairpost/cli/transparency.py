"""`fairpost transparency`: figures of any period, as JSON or CSV."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from fairpost.cli.output import plain
from fairpost.cli.session import acting
from fairpost.cli.times import moment
from fairpost.enforcement.queries.transparency import transparency_report, yearly_report
from fairpost.enforcement.transparency.csv_form import to_csv
from fairpost.kernel.errors import Invalid, Unavailable
from fairpost.kernel.text import _


@click.command("transparency")
@click.option("--from", "since", help="Beginning, included: 2027-01-01T00:00Z.")
@click.option("--to", "until", help="End, not included.")
@click.option("--year", type=int, help="The public report of a finished year, instead of a period.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", help="Default: json.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File; default: standard output.")
def command(since, until, year, form, out):
    """Count decisions, notices, appeals, held campaigns, reports and orders of a period."""
    if (year is None) == (since is None or until is None):
        raise Invalid(_("Give either --from and --to, or --year."), field="from")
    report = yearly_report(year) if year is not None else transparency_report(acting(), moment(since), moment(until))
    text = to_csv(report) if form == "csv" else json.dumps(plain(asdict(report)), default=str, indent=1) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Unavailable(_("{file} cannot be written: {why}.").format(file=out, why=error.strerror)) from error
    click.echo(_("Written to {file}.").format(file=out))
