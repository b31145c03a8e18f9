"""`fairpost decision`: preview, propose, approve or return, and put into force."""

from __future__ import annotations

import json
from typing import Any

import click

from fairpost.cli.coverage import show_coverage
from fairpost.cli.decided import show_decision
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.enforcement.actions.activate_decision import activate_decision
from fairpost.enforcement.actions.approve_decision import approve_decision, return_decision, withdraw_decision
from fairpost.enforcement.actions.propose_decision import propose_decision, submit_draft
from fairpost.enforcement.drafts import draft_from_json
from fairpost.enforcement.naming import label, number_of
from fairpost.enforcement.queries.decisions import DecisionView, decision, decisions
from fairpost.enforcement.queries.preview import coverage_preview
from fairpost.kernel.errors import Invalid
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _


@click.group("decision")
def command() -> None:
    """Decisions: what is restricted, how, whom it covers, under which clause, on what facts, until when."""


@command.command("preview")
@click.argument("kind")
@click.option("--scope", required=True, help='Selectors as JSON: {"account": [3], "content_class": ["name@1"]}.')
@click.option("--mechanism", default="{}", help="How the measure works, as JSON.")
@json_option
def preview(kind, scope, mechanism, as_json):
    """Show whom a measure of this KIND would cover, and whom expressly not; stores nothing."""
    statement = coverage_preview(acting(), kind, read_json(scope, "scope"), read_json(mechanism, "mechanism"))
    if as_json:
        emit(statement, True)
    else:
        show_coverage(statement)


@command.command("propose")
@click.argument("case_id")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--clause", "clauses", multiple=True, required=True, help="Clause, like violence or violence@1; repeat.")
@click.option("--supersedes", help="Decision that this one replaces once it is in force.")
@click.option("--draft", "only_draft", is_flag=True, help="Keep it as a draft; `submit` proposes it.")
@json_option
def propose(case_id, file, clauses, supersedes, only_draft, as_json):
    """Propose the decision that the JSON FILE (- for standard input) describes."""
    made = propose_decision(
        actor=acting(),
        case_id=number_of("case", case_id),
        clauses=clauses,
        draft=draft_from_json(read_json(file.read(), file.name)),
        supersedes=number_of("decision", supersedes) if supersedes else None,
        only_draft=only_draft,
    )
    tell(made, as_json)


@command.command("submit")
@click.argument("decision_id")
@json_option
def submit(decision_id, as_json):
    """Propose one's own draft."""
    tell(submit_draft(actor=acting(), decision_id=number_of("decision", decision_id)), as_json)


@command.command("list")
@click.option("--case", "case_id", help="Only of this case.")
@click.option("--before", help="Go on before this decision.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(case_id, before, limit, as_json):
    """Show decisions, the newest first."""
    rows = decisions(
        acting(),
        case_id=number_of("case", case_id) if case_id else None,
        before=number_of("decision", before) if before else None,
        limit=limit,
    )
    if as_json:
        emit(rows, True)
        return
    emit([line(each) for each in rows], False)


@command.command("show")
@click.argument("decision_id")
@json_option
def show(decision_id, as_json):
    """Show one decision with its measures, and whom they cover and do not."""
    tell(decision(acting(), number_of("decision", decision_id)), as_json)


@command.command("approve")
@click.argument("decision_id")
@click.option("--version", required=True, help="Version that you have read, its first 12 characters at least.")
@click.option("--senior", is_flag=True, help="Approve as the senior, where the measure needs one too.")
@click.option("--reason", help="Why; kept with the approval.")
@json_option
def approve(decision_id, version, senior, reason, as_json):
    """Approve a decision as it stands; nobody approves their own."""
    made = approve_decision(
        actor=acting(),
        decision_id=number_of("decision", decision_id),
        version=version,
        as_senior=senior,
        reason=reason,
    )
    tell(made, as_json)


@command.command("return")
@click.argument("decision_id")
@click.option("--reason", required=True, help="What is wrong with it.")
@json_option
def return_(decision_id, reason, as_json):
    """Return a proposal; it can be proposed anew."""
    done = return_decision(actor=acting(), decision_id=number_of("decision", decision_id), reason=reason)
    tell(done, as_json)


@command.command("withdraw")
@click.argument("decision_id")
@click.option("--reason", required=True, help="Why it is taken back.")
@json_option
def withdraw(decision_id, reason, as_json):
    """Take back what is not in force yet."""
    done = withdraw_decision(actor=acting(), decision_id=number_of("decision", decision_id), reason=reason)
    tell(done, as_json)


@command.command("activate")
@click.argument("decision_id")
@click.option("--reason", help="Why now; kept with the act.")
@json_option
def activate(decision_id, reason, as_json):
    """Put an approved decision into force; when this returns, nothing more in its scope is handed over."""
    done = activate_decision(actor=acting(), decision_id=number_of("decision", decision_id), reason=reason)
    if as_json:
        emit(done, True)
        return
    show_decision(done.decision)
    click.echo(
        _("In force after {seconds:.2f} s. Campaigns held: {held}.").format(
            seconds=done.fence.seconds, held=len(done.held)
        )
    )
    for each in done.fence.uncertain:
        click.echo(_("Not confirmed: {sender}; at most one message for each of its connections.").format(sender=each))
    click.echo(
        _(
            "Of what relays had accepted: {delivered} delivered, {held} held in the queue, {waiting} still queued,"
            " {bounced} bounced, {beyond} out of reach."
        ).format(
            delivered=done.queued.delivered,
            held=done.queued.held,
            waiting=done.queued.waiting,
            bounced=done.queued.bounced,
            beyond=done.queued.out_of_reach,
        )
    )
    for why in done.queued.why:
        click.echo(f"  {why}")


def tell(view: DecisionView, as_json: bool) -> None:
    """JSON with everything, or the same in words."""
    if as_json:
        emit(view, True)
    else:
        show_decision(view)


def line(view: DecisionView) -> dict[str, Any]:
    return {
        "decision": view.label,
        "case": label("case", view.case_id),
        "clauses": ", ".join(each.label for each in view.clauses),
        "measures": ", ".join(f"{each.label} {each.kind}: {state_in_words(each.state)}" for each in view.measures),
    }


def read_json(text: str, place: str) -> dict[str, Any]:
    """The object in a text. Raises Invalid with the place where it stops being JSON."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(
            _("{place} is not JSON: line {line}, column {column}.").format(
                place=place, line=error.lineno, column=error.colno
            )
        ) from None
    if not isinstance(data, dict):
        raise Invalid(_("{place} must be a JSON object.").format(place=place))
    return data
