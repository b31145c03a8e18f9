"""`fairpost brake`: what the machine or one person stopped in a hurry, and who looks at it afterwards."""

from __future__ import annotations

import click

from fairpost.cli.appeal_output import read_json
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.enforcement.actions.confirm_brake import confirm_brake
from fairpost.enforcement.actions.take_interim_hold import take_interim_hold
from fairpost.enforcement.actions.take_second_look import take_second_look
from fairpost.enforcement.drafts import draft_from_json
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.decisions import DecisionView
from fairpost.enforcement.queries.second_looks import second_looks
from fairpost.kernel.text import _


@click.group("brake")
def command() -> None:
    """Brakes of the machine and interim holds of one person: short, told at once, looked at afterwards."""


@command.command("list")
@click.option("--kind", default="", help="Only brake, interim_hold or escalate.")
@json_option
def list_(kind, as_json):
    """Show what waits for a second person to look at it, the oldest first."""
    emit(second_looks(acting(), kind=kind), as_json)


@command.command("confirm")
@click.argument("decision_id")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--clause", "clauses", multiple=True, required=True, help="Clause, like consent or consent@1; repeat.")
@click.option("--reason", help="Why; kept with the decision.")
@json_option
def confirm(decision_id, file, clauses, reason, as_json):
    """Put the decision of the JSON FILE in the place of a brake, which lapses otherwise."""
    done = confirm_brake(
        actor=acting(),
        decision_id=number_of("decision", decision_id),
        clauses=clauses,
        draft=draft_from_json(read_json(file.read(), file.name)),
        reason=reason,
    )
    show(done, as_json)


@command.command("hold")
@click.argument("case_id")
@click.option("--scope", required=True, help='Selectors as JSON: {"account": [3]}.')
@click.option("--clause", "clauses", multiple=True, required=True, help="Clause, like violence or violence@1; repeat.")
@click.option("--facts", required=True, help="What happened.")
@click.option("--harm", required=True, help="What would happen without the hold, and how soon.")
@click.option("--milder", required=True, help="The milder step that was considered.")
@click.option("--why-not", required=True, help="Why it would not do.")
@click.option("--hours", type=int, help="How long; default and most: 72, near an election 24.")
@click.option("--assessment", help="The six factors, as JSON, where the clause asks for them.")
@json_option
def hold(case_id, scope, clauses, facts, harm, milder, why_not, hours, assessment, as_json):
    """Hold mail alone, because harm is imminent; once in a case, and another person looks at it afterwards."""
    done = take_interim_hold(
        actor=acting(),
        case_id=number_of("case", case_id),
        clauses=clauses,
        scope=read_json(scope, "scope"),
        facts=facts,
        harm=harm,
        milder_step=milder,
        milder_why_not=why_not,
        hours=hours,
        assessment=read_json(assessment, "assessment") if assessment else None,
    )
    show(done.decision, as_json)


@command.command("look")
@click.argument("decision_id")
@click.option("--agree/--disagree", "agrees", required=True, help="What you find; to disagree lifts what is in force.")
@click.option("--reason", required=True, help="Why.")
@json_option
def look(decision_id, agrees, reason, as_json):
    """Look, as the second person, at what came into force without one."""
    done = take_second_look(
        actor=acting(), decision_id=number_of("decision", decision_id), agrees=agrees, reason=reason
    )
    show(done, as_json)


def show(found: DecisionView, as_json: bool) -> None:
    if as_json:
        emit(found, True)
        return
    emit({"decision": found.label, "url": found.url, "facts": found.facts}, False)
    for each in found.measures:
        click.echo(_("{measure} {kind}: {state}").format(measure=each.label, kind=each.kind, state=each.state))
