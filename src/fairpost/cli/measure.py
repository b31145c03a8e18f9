"""`fairpost measure`: one restriction as it stands, and its end before its time."""

from __future__ import annotations

import click

from fairpost.cli.decided import show_measure
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.decisions import MeasureView, measure


@click.group("measure")
def command() -> None:
    """Measures: single restrictions of a decision."""


@command.command("show")
@click.argument("measure_id")
@json_option
def show(measure_id, as_json):
    """Show one measure: its state, term, scope, coverage and everything that was done with it."""
    tell(measure(acting(), number_of("measure", measure_id)), as_json)


@command.command("lift")
@click.argument("measure_id")
@click.option("--reason", required=True, help="Why it ends before its time.")
@json_option
def lift(measure_id, reason, as_json):
    """End a measure; what it held still waits for its sender's confirmation."""
    tell(lift_measure(actor=acting(), measure_id=number_of("measure", measure_id), reason=reason), as_json)


def tell(view: MeasureView, as_json: bool) -> None:
    """JSON with everything, or the same in words."""
    if as_json:
        emit(view, True)
    else:
        show_measure(view)
