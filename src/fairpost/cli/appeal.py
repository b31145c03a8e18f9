"""`fairpost appeal`: appeals against decisions, by those concerned, and their review by somebody else."""

from __future__ import annotations

from typing import Any

import click

from fairpost.cli.appeal_output import line, show_appeal
from fairpost.cli.appeal_review import REVIEW
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.cli.times import moment
from fairpost.enforcement.actions.file_appeal import file_appeal
from fairpost.enforcement.actions.request_information import answer_information
from fairpost.enforcement.actions.withdraw_appeal import withdraw_appeal
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.appeals import appeal, appeal_texts, appeals
from fairpost.enforcement.queries.strikes import strikes
from fairpost.kernel.text import _


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


@command.command("strikes")
@account_option
@json_option
def strikes_(account, as_json):
    """Show the strikes of the organisation that holds the account, and which of them count."""
    actor = acting()
    emit(strikes(actor, resolve_account(actor, account)), as_json)


def own_account(actor: Any, account: str) -> int | None:
    return resolve_account(actor, account) if account or actor.account_id is not None else None


for each in REVIEW:
    command.add_command(each)
