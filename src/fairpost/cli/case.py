"""`fairpost case`: what decisions stand on, with evidence that an approver must have opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting, resolve_account
from fairpost.cli.times import moment
from fairpost.enforcement.actions.open_case import add_evidence, close_case, open_case
from fairpost.enforcement.naming import label, number_of
from fairpost.enforcement.queries.cases import CaseView, case, cases, read_evidence
from fairpost.kernel.text import _


@click.group("case")
def command() -> None:
    """Cases: what somebody must look at, and what they found."""


@command.command("open")
@click.argument("title")
@click.option("--account", default="", help="Account that it concerns, by name or number; default: none.")
@click.option(
    "--source",
    default="own_initiative",
    help="report, trusted_flagger, own_initiative, authority or machine; default: own_initiative.",
)
@click.option("--source-identity", default="", help="Who brought it up, where that may be said.")
@click.option("--queue", default="general", help="Queue that it waits in; default: general.")
@click.option("--due", help="Until when somebody must have looked; default: in 24 hours.")
@json_option
def open_(title, account, source, source_identity, queue, due, as_json):
    """Open a case."""
    actor = acting()
    number = open_case(
        actor=actor,
        title=title,
        source=source,
        account_id=resolve_account(actor, account) if account else None,
        source_identity=source_identity,
        queue=queue,
        due_at=moment(due) if due else None,
    )
    emit({"case": label("case", number)}, as_json)


@command.command("list")
@click.option("--queue", help="Only this queue.")
@click.option("--closed", is_flag=True, help="Those that are closed, instead of those that are open.")
@click.option("--before", help="Go on before this case.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(queue, closed, before, limit, as_json):
    """Show open cases, the newest first."""
    rows = cases(
        acting(), queue=queue, closed=closed, before=number_of("case", before) if before else None, limit=limit
    )
    emit(rows if as_json else [line(each) for each in rows], as_json)


@command.command("show")
@click.argument("case_id")
@json_option
def show(case_id, as_json):
    """Show one case."""
    found = case(acting(), number_of("case", case_id))
    if as_json:
        emit(found, True)
        return
    more = {"source": found.source, "opened_at": found.opened_at, "evidence": found.evidence}
    if found.state == "closed":
        more |= {"closed_at": found.closed_at, "closed_reason": found.closed_reason}
    emit({**line(found), **more}, False)


@command.command("add")
@click.argument("case_id")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--label", "name", help="What it is; default: the file's name.")
@click.option("--reference", default="", help="What it was taken from, like campaign:12 or content:HASH.")
@json_option
def add(case_id, file, name, reference, as_json):
    """Add a text FILE (- for standard input) as evidence, kept sealed."""
    number = add_evidence(
        actor=acting(),
        case_id=number_of("case", case_id),
        label=name or Path(file.name).name,
        text=file.read(),
        reference=reference,
    )
    emit({"evidence": number}, as_json)


@command.command("evidence")
@click.argument("case_id")
@json_option
def evidence(case_id, as_json):
    """Open the evidence of a case; that you did goes on record."""
    rows = read_evidence(acting(), number_of("case", case_id))
    if as_json:
        emit(rows, True)
        return
    for each in rows:
        click.echo(f"{each.id}  {each.label}  {each.reference}  sha256:{each.sha256}")
        click.echo(each.text if each.text is not None else _("(erased)"))


@command.command("close")
@click.argument("case_id")
@click.option("--reason", required=True, help="Why it is closed.")
def close(case_id, reason):
    """Close a case; what was decided in it stays as it is."""
    close_case(actor=acting(), case_id=number_of("case", case_id), reason=reason)


def line(view: CaseView) -> dict[str, Any]:
    """What a list of cases shows."""
    return {
        "case": label("case", view.id),
        "title": view.title,
        "account": view.account_id,
        "queue": view.queue,
        "state": view.state,
        "due": f"{view.due_at:%F %H:%M}Z",
        "overdue": view.overdue,
        "decisions": ", ".join(label("decision", each) for each in view.decisions),
    }
