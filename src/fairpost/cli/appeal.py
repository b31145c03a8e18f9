"""`fairpost appeal`: appeals against decisions, by those concerned, and their review by somebody else."""

from __future__ import annotations

import json
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.cli.times import moment
from fairpost.enforcement.actions.assign_appeal import assign_appeal, begin_review
from fairpost.enforcement.actions.decide_appeal import decide_appeal
from fairpost.enforcement.actions.file_appeal import file_appeal
from fairpost.enforcement.actions.find_inadmissible import find_inadmissible
from fairpost.enforcement.actions.request_information import (
    answer_information,
    go_on_without_answer,
    request_information,
)
from fairpost.enforcement.actions.stay_measure import end_stay, refuse_stay, stay_measure
from fairpost.enforcement.actions.withdraw_appeal import withdraw_appeal
from fairpost.enforcement.appeals.reading import ruling_from_json
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.appeals import AppealView, appeal, appeal_texts, appeals
from fairpost.enforcement.queries.strikes import strikes
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

reason_needed = click.option("--reason", required=True, help="Why; the party is told.")


@click.group("appeal")
def command() -> None:
    """Appeals: who is concerned by a decision can have it reviewed by somebody who had no hand in it."""


@command.command("file")
@click.argument("decision_id")
@click.option("--statement", required=True, help="What is wrong with the decision; - reads it from standard input.")
@click.option("--organisation", "organisation_id", type=int, help="In whose name, by number; default: the account's.")
@click.option("--measure", "measures", multiple=True, help="Only against this measure; repeat. Default: all of them.")
@click.option("--stay", is_flag=True, help="Ask for a stay, too; say in the statement why it cannot wait.")
@click.option("--key-date", help="Election or filing date that makes it urgent, like 2027-03-01T08:00+01:00.")
@account_option
@json_option
def file_(decision_id, statement, organisation_id, measures, stay, key_date, account, as_json):
    """Appeal against a decision, by its number as in the notice: D-17."""
    actor = acting()
    done = file_appeal(
        actor=actor,
        account_id=resolve_account(actor, account),
        decision_id=number_of("decision", decision_id),
        statement=click.get_text_stream("stdin").read() if statement == "-" else statement,
        organisation_id=organisation_id,
        measures=[number_of("measure", each) for each in measures] or None,
        stay=stay,
        key_date=moment(key_date) if key_date else None,
    )
    if as_json:
        emit(done, True)
        return
    show_appeal(done.appeal, False)
    click.echo(done.effect)


@command.command("list")
@click.option("--account", default="", help="Only of this account; default: of all, for those who review.")
@click.option("--state", default="", help="Only those in this state, like filed or in_review.")
@click.option("--overdue", is_flag=True, help="Only those that somebody should have touched or decided by now.")
@click.option("--before", help="Go on before this appeal.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(account, state, overdue, before, limit, as_json):
    """Show appeals, the newest first."""
    actor = acting()
    rows = appeals(
        actor,
        account_id=own_account(actor, account),
        state=state,
        overdue=overdue,
        before=number_of("appeal", before) if before else None,
        limit=limit,
    )
    emit(rows if as_json else [line(each) for each in rows], as_json)


@command.command("show")
@click.argument("appeal_id")
@click.option("--texts", is_flag=True, help="Show what was written in it, too; that you read it goes on record.")
@json_option
def show(appeal_id, texts, as_json):
    """Show one appeal: its deadlines, what was done, what was ruled."""
    actor = acting()
    number = number_of("appeal", appeal_id)
    found = appeal(actor, number, actor.account_id)
    written = appeal_texts(actor, number, actor.account_id) if texts else []
    if as_json:
        emit({"appeal": found, "texts": written}, True)
        return
    show_appeal(found, False)
    for each in written:
        click.echo(f"\n{each.at:%Y-%m-%d %H:%M} {each.act}\n{each.text if each.text is not None else _('erased')}")


@command.command("withdraw")
@click.argument("appeal_id")
@click.option("--reason", help="Why, for the reviewer.")
@account_option
@json_option
def withdraw(appeal_id, reason, account, as_json):
    """Take one's own appeal back; in its window it can be filed again."""
    actor = acting()
    done = withdraw_appeal(
        actor=actor,
        account_id=resolve_account(actor, account),
        appeal_id=number_of("appeal", appeal_id),
        reason=reason,
    )
    show_appeal(done, as_json)


@command.command("answer")
@click.argument("appeal_id")
@click.argument("text")
@account_option
@json_option
def answer(appeal_id, text, account, as_json):
    """Answer what the reviewer asked."""
    actor = acting()
    done = answer_information(
        actor=actor,
        account_id=resolve_account(actor, account),
        appeal_id=number_of("appeal", appeal_id),
        answer=text,
    )
    show_appeal(done, as_json)


@command.command("assign")
@click.argument("appeal_id")
@click.option("--to", "reviewer_id", type=int, help="Number of the reviewer; default: yourself.")
@click.option("--reason", help="Why, for the record.")
@json_option
def assign(appeal_id, reviewer_id, reason, as_json):
    """Take an appeal, or give it to another reviewer; never to who proposed or approved the decision."""
    done = assign_appeal(
        actor=acting(), appeal_id=number_of("appeal", appeal_id), reviewer_id=reviewer_id, reason=reason
    )
    show_appeal(done, as_json)


@command.command("review")
@click.argument("appeal_id")
@json_option
def review(appeal_id, as_json):
    """Begin the review of an appeal that is assigned to you."""
    show_appeal(begin_review(actor=acting(), appeal_id=number_of("appeal", appeal_id)), as_json)


@command.command("ask")
@click.argument("appeal_id")
@click.argument("question")
@click.option("--answer-by", help="Until when, like 3d; default: 7 days, in an urgent appeal 24 hours.")
@json_option
def ask(appeal_id, question, answer_by, as_json):
    """Ask the party something; the clock of the decision stands still meanwhile."""
    done = request_information(
        actor=acting(),
        appeal_id=number_of("appeal", appeal_id),
        question=question,
        answer_by=moment(answer_by) if answer_by else None,
    )
    show_appeal(done, as_json)


@command.command("go-on")
@click.argument("appeal_id")
@click.option("--reason", help="Why, for the record.")
@json_option
def go_on(appeal_id, reason, as_json):
    """Go on without the answer, once its time is over."""
    done = go_on_without_answer(actor=acting(), appeal_id=number_of("appeal", appeal_id), reason=reason)
    show_appeal(done, as_json)


@command.command("inadmissible")
@click.argument("appeal_id")
@reason_needed
@json_option
def inadmissible(appeal_id, reason, as_json):
    """Find that an appeal cannot be heard, before its review begins."""
    done = find_inadmissible(actor=acting(), appeal_id=number_of("appeal", appeal_id), reason=reason)
    show_appeal(done, as_json)


@command.command("stay")
@click.argument("appeal_id")
@click.argument("measure_id")
@click.option("--until", help="End of the stay, like 2d; default: until the appeal is decided.")
@click.option("--within", help='Stay it only inside this scope, as JSON: {"unit": [4]}.')
@reason_needed
@json_option
def stay(appeal_id, measure_id, until, within, reason, as_json):
    """Stay a measure while the appeal is reviewed, in whole or in part."""
    done = stay_measure(
        actor=acting(),
        appeal_id=number_of("appeal", appeal_id),
        measure_id=number_of("measure", measure_id),
        reason=reason,
        until=moment(until) if until else None,
        within=read_json(within, "within") if within else None,
    )
    show_appeal(done, as_json)


@command.command("refuse-stay")
@click.argument("appeal_id")
@click.option("--measure", "measure_id", help="Only for this measure; default: for all of them.")
@reason_needed
@json_option
def refuse(appeal_id, measure_id, reason, as_json):
    """Refuse the stay that was asked for."""
    done = refuse_stay(
        actor=acting(),
        appeal_id=number_of("appeal", appeal_id),
        measure_id=number_of("measure", measure_id) if measure_id else None,
        reason=reason,
    )
    show_appeal(done, as_json)


@command.command("end-stay")
@click.argument("appeal_id")
@click.argument("measure_id")
@reason_needed
@json_option
def end(appeal_id, measure_id, reason, as_json):
    """End a stay; when this returns, the measure stops mail again."""
    done = end_stay(
        actor=acting(),
        appeal_id=number_of("appeal", appeal_id),
        measure_id=number_of("measure", measure_id),
        reason=reason,
    )
    show_appeal(done, as_json)


@command.command("decide")
@click.argument("appeal_id")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@json_option
def decide(appeal_id, file, as_json):
    """Decide an appeal by the rulings in the JSON FILE (- for standard input): a list, one for each measure."""
    data = read_json(file.read(), file.name)
    if not isinstance(data, list):
        raise Invalid(_("The rulings are a list."), field="rulings")
    done = decide_appeal(
        actor=acting(),
        appeal_id=number_of("appeal", appeal_id),
        rulings=[ruling_from_json(each, f"rulings.{number}") for number, each in enumerate(data)],
    )
    if as_json:
        emit(done, True)
        return
    show_appeal(done.appeal, False)
    if done.reopened:
        cases = ", ".join(f"C-{each}" for each in done.reopened)
        click.echo(_("Reopened: {cases}.").format(cases=cases))


@command.command("strikes")
@account_option
@json_option
def strikes_(account, as_json):
    """Show the strikes of the organisation that holds the account, and which of them count."""
    actor = acting()
    emit(strikes(actor, resolve_account(actor, account)), as_json)


def own_account(actor: Any, account: str) -> int | None:
    return resolve_account(actor, account) if account or actor.account_id is not None else None


def read_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Invalid(_("{place} is not JSON: {error}.").format(place=place, error=error)) from None


def show_appeal(found: AppealView, as_json: bool) -> None:
    if as_json:
        emit(found, True)
        return
    emit(
        {
            **line(found),
            "organisation_id": found.organisation_id,
            "measures": ", ".join(found.measures),
            "filed_at": found.filed_at,
            "reviewer": found.reviewer,
            "answer_by": found.answer_by,
        },
        False,
    )
    for each in found.rulings:
        whom = "" if each.organisation_id is None else f" ({each.organisation_id})"
        click.echo(f"{each.measure}{whom}: {each.outcome} {each.decision}".rstrip() + f". {each.reason}")


def line(found: AppealView) -> dict[str, Any]:
    return {
        "appeal": found.label,
        "decision": found.decision,
        "state": found.state,
        "due": found.decision_due_at,
        "overdue": found.overdue,
    }
