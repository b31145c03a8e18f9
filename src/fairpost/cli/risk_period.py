"""`fairpost period`: periods of elevated risk, declared by two people, and the dates near which less is allowed."""

from __future__ import annotations

import json
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.cli.times import moment
from fairpost.enforcement.actions.close_period import close_period
from fairpost.enforcement.actions.declare_key_date import declare_key_date
from fairpost.enforcement.actions.declare_period import declare_period
from fairpost.enforcement.actions.second_declaration import second_declaration
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.periods import PeriodView, key_dates, period, periods
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


@click.group("period")
def command() -> None:
    """Periods of elevated risk: what is looked at before it is sent, for all tenants alike."""


@command.command("declare")
@click.option("--class", "classes", multiple=True, required=True, help="Content class that is looked at; repeat.")
@click.option("--capability", "capabilities", multiple=True, help="Only mail that needs this, like fundraising.")
@click.option("--reason", required=True, help="Why now.")
@click.option("--evidence", required=True, help="What the reason rests on.")
@click.option("--public-text", multiple=True, required=True, help="What everybody is told, like en=Text; repeat.")
@click.option("--ends", required=True, help="When it ends, 14 days after its start at the latest: 7d.")
@click.option("--starts", help="When it starts; default: now.")
@click.option("--review-hours", type=int, default=2, help="Within how many hours somebody looks; default: 2.")
@click.option(
    "--on-time-out", type=click.Choice(["release", "block"]), default="release", help="What happens where nobody has."
)
@click.option("--covers-cleared", is_flag=True, help="Look anew at what a person released before.")
@click.option("--renews", help="Period that this one goes on with.")
@json_option
def declare(
    classes, capabilities, reason, evidence, public_text, ends, starts, review_hours, on_time_out, covers_cleared,
    renews, as_json,
):  # fmt: skip
    """Declare a period; it comes into force once a second person declares it too."""
    scope: dict[str, Any] = {"content_class": list(classes)}
    if capabilities:
        scope["capability"] = list(capabilities)
    made = declare_period(
        actor=acting(),
        scope=scope,
        reason=reason,
        evidence=evidence,
        public_text=by_language(public_text),
        ends_at=moment(ends),
        starts_at=moment(starts) if starts else None,
        review_hours=review_hours,
        on_time_out=on_time_out,
        covers_cleared=covers_cleared,
        renews=number_of("period", renews) if renews else None,
    )
    show_period(made, as_json)


@command.command("second")
@click.argument("period_id")
@click.option("--hash", "declaration", required=True, help="Hash of the declaration that you read; 12 characters do.")
@click.option("--reason", help="Why, for the record.")
@json_option
def second(period_id, declaration, reason, as_json):
    """Declare a period too, as the second person; this brings it into force."""
    done = second_declaration(
        actor=acting(), period_id=number_of("period", period_id), hash=declaration, reason=reason
    )
    if as_json:
        emit(done, True)
        return
    show_period(done.period, False)
    click.echo(_("Campaigns held: {held}.").format(held=len(done.held)))


@command.command("close")
@click.argument("period_id")
@click.option("--reason", required=True, help="Why it ends.")
@click.option("--public-text", multiple=True, help="What everybody is told, like en=It is over.; repeat.")
@json_option
def close(period_id, reason, public_text, as_json):
    """Close a period, before its time if need be, and write its report."""
    done = close_period(
        actor=acting(),
        period_id=number_of("period", period_id),
        reason=reason,
        closing_text=by_language(public_text) if public_text else None,
    )
    show_period(done, as_json)


@command.command("list")
@click.option("--before", help="Go on before this period.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(before, limit, as_json):
    """Show periods, the newest first."""
    rows = periods(acting(), before=number_of("period", before) if before else None, limit=limit)
    emit(rows if as_json else [line(each) for each in rows], as_json)


@command.command("show")
@click.argument("period_id")
@json_option
def show(period_id, as_json):
    """Show one period, with its closing report where it is over."""
    show_period(period(acting(), number_of("period", period_id)), as_json)


@command.command("date")
@click.argument("kind", type=click.Choice(["election", "filing"]))
@click.argument("name")
@click.argument("at")
@click.option("--reason", help="Why, for the record.")
@json_option
def date(kind, name, at, reason, as_json):
    """Declare an election or filing date, near which an interim hold lasts a day at most."""
    emit(declare_key_date(actor=acting(), kind=kind, name=name, at=moment(at), reason=reason), as_json)


@command.command("dates")
@json_option
def dates(as_json):
    """Show the declared election and filing dates."""
    emit(key_dates(acting()), as_json)


def by_language(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for each in texts:
        language, equals, text = each.partition("=")
        if not equals:
            raise Invalid(_("Write a text with its language before it: en=Text."), field="public_text")
        found[language.strip()] = text
    return found


def line(found: PeriodView) -> dict[str, Any]:
    return {
        "period": found.label,
        "state": found.state,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "content_class": ", ".join(found.scope["content_class"]),
    }


def show_period(found: PeriodView, as_json: bool) -> None:
    if as_json:
        emit(found, True)
        return
    emit({**line(found), "reason": found.reason, "evidence": found.evidence, "hash": found.hash[:12]}, False)
    for language, text in (*found.public_text.items(), *found.closing_text.items()):
        click.echo(f"[{language}] {text}")
    if found.report is not None:
        click.echo(json.dumps(found.report, indent=2))
