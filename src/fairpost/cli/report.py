"""`fairpost report`: reports from outside; `take` is what a mail server pipes the abuse mailbox into."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.enforcement.actions.decide_report import decide_complaint, decide_report
from fairpost.enforcement.actions.file_report import file_report
from fairpost.enforcement.actions.take_report_mail import take_report_mail
from fairpost.enforcement.actions.trust_reporter import end_trust, trust_reporter
from fairpost.enforcement.naming import label, number_of
from fairpost.enforcement.queries.reports import report, reports, trusted_reporters
from fairpost.enforcement.reports.categories import CATEGORIES
from fairpost.enforcement.reports.mail import LARGEST
from fairpost.enforcement.reports.pace import TooMany
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

# sysexits.h, as mail servers understand them: try again later; never again.
TRY_AGAIN = getattr(os, "EX_TEMPFAIL", 75)
UNUSABLE = getattr(os, "EX_DATAERR", 65)


@click.group("report")
def command() -> None:
    """Reports of campaigns by people outside."""


@command.command("file")
@click.argument("text")
@click.option("--category", required=True, type=click.Choice(list(CATEGORIES)), help="What it is about.")
@click.option("--target", default="", help="A link, Message-ID or headers of the mail, or which mail it was.")
@click.option("--address", default="", help="Where the reporter is told what was decided.")
@click.option("--language", default="en", help="Language of the reporter; default: en.")
@click.option("--trusted-token", default="", help="Token of a trusted reporter.")
@json_option
def file(text, category, target, address, language, trusted_token, as_json):
    """Keep a report that came by telephone or letter."""
    filed = file_report(
        channel="api", category=category, text=text, target=target, address=address, language=language,
        trusted_token=trusted_token, actor=acting(),
    )  # fmt: skip
    emit(filed, as_json)


@command.command("take")
@click.argument("file", type=click.File("rb"), default="-")
@json_option
def take(file, as_json):
    """Take the mail in FILE (default: standard input) as a report.

    Exit status as mail servers read it: 0 taken, 65 cannot be used, 75 try again later.
    """
    try:
        emit(take_report_mail(file.read(LARGEST + 1)), as_json)
    except Invalid as error:
        click.echo(f"fairpost: {error}", err=True)
        raise click.exceptions.Exit(UNUSABLE) from None
    except TooMany as error:
        click.echo(f"fairpost: {error}", err=True)
        raise click.exceptions.Exit(TRY_AGAIN) from None


@command.command("list")
@click.option("--queue", type=click.Choice(["trusted", "general"]), help="Only this queue.")
@click.option("--state", default="filed", help="filed, decided, complained, closed, or all; default: filed.")
@click.option("--after", default=0, help="Show those with a higher number than this.")
@json_option
def list_(queue, state, after, as_json):
    """List reports by number."""
    rows = reports(acting(), queue=queue or "", state="" if state == "all" else state, after=after)
    emit(rows, as_json)


@command.command("show")
@click.argument("report_id")
@json_option
def show(report_id, as_json):
    """Show one report in clear; that you did goes on record."""
    told = asdict(report(acting(), number_of("report", report_id)))
    emit({**told.pop("line"), **told}, as_json)


@command.command("decide")
@click.argument("report_id")
@click.option("--reasons", required=True, help="Both sides read them: name nobody who reported.")
@click.option("--decision", help="The decision that followed; default: none did.")
@click.option("--unfounded", is_flag=True, help="It had no ground at all.")
@json_option
def decide(report_id, reasons, decision, unfounded, as_json):
    """Decide a report and tell both sides. Needs a personal key."""
    number = number_of("report", report_id)
    decision_id = number_of("decision", decision) if decision else None
    decide_report(
        actor=acting(), report_id=number, reasons=reasons, decision_id=decision_id, unfounded=unfounded
    )
    emit({"report": label("report", number), "outcome": "acted" if decision_id else "not_acted"}, as_json)


@command.command("decide-complaint")
@click.argument("report_id")
@click.option("--changed/--upheld", required=True, default=None, help="Whether the decision was wrong.")
@click.option("--reasons", required=True, help="The reporter reads them.")
@json_option
def decide_complaint_(report_id, changed, reasons, as_json):
    """Decide a reporter's complaint about a decision that somebody else made. Needs a personal key."""
    number = number_of("report", report_id)
    case = decide_complaint(actor=acting(), report_id=number, changed=changed, reasons=reasons)
    emit({"report": label("report", number), "case": case and label("case", case)}, as_json)


@command.command("trust")
@click.argument("name")
@click.option("--reason", help="Why, for the record.")
@json_option
def trust(name, reason, as_json):
    """Make the body NAME a trusted reporter and show its token."""
    made = trust_reporter(actor=acting(), name=name, reason=reason)
    emit({"id": made.id, "name": made.name, "token": made.token}, as_json)
    if not as_json:
        click.echo(_("The token goes to them alone: whoever has it reports as they."))


@command.command("end-trust")
@click.argument("reporter_id", type=int)
@click.option("--reason", help="Why, for the record.")
@json_option
def end_trust_(reporter_id, reason, as_json):
    """End that a body is a trusted reporter; its token is worth nothing from then on."""
    end_trust(actor=acting(), reporter_id=reporter_id, reason=reason)
    emit({"id": reporter_id, "ended": True}, as_json)


@command.command("trusted")
@json_option
def trusted(as_json):
    """List trusted reporters, past ones too."""
    emit(trusted_reporters(acting()), as_json)
