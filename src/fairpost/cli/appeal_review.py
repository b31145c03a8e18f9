"""`fairpost appeal`: what the reviewer of an appeal does, from taking it to the rulings."""

from __future__ import annotations

import click

from fairpost.cli.appeal_output import read_json, show_appeal
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.cli.times import moment
from fairpost.enforcement.actions.assign_appeal import assign_appeal, begin_review
from fairpost.enforcement.actions.decide_appeal import decide_appeal
from fairpost.enforcement.actions.find_inadmissible import find_inadmissible
from fairpost.enforcement.actions.request_information import go_on_without_answer, request_information
from fairpost.enforcement.actions.stay_measure import end_stay, refuse_stay, stay_measure
from fairpost.enforcement.appeals.reading import ruling_from_json
from fairpost.enforcement.naming import number_of
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

reason_needed = click.option("--reason", required=True, help="Why; the party is told.")


@click.command("assign")
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


@click.command("review")
@click.argument("appeal_id")
@json_option
def review(appeal_id, as_json):
    """Begin the review of an appeal that is assigned to you."""
    show_appeal(begin_review(actor=acting(), appeal_id=number_of("appeal", appeal_id)), as_json)


@click.command("ask")
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


@click.command("go-on")
@click.argument("appeal_id")
@click.option("--reason", help="Why, for the record.")
@json_option
def go_on(appeal_id, reason, as_json):
    """Go on without the answer, once its time is over."""
    done = go_on_without_answer(actor=acting(), appeal_id=number_of("appeal", appeal_id), reason=reason)
    show_appeal(done, as_json)


@click.command("inadmissible")
@click.argument("appeal_id")
@reason_needed
@json_option
def inadmissible(appeal_id, reason, as_json):
    """Find that an appeal cannot be heard, before its review begins."""
    done = find_inadmissible(actor=acting(), appeal_id=number_of("appeal", appeal_id), reason=reason)
    show_appeal(done, as_json)


@click.command("stay")
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


@click.command("refuse-stay")
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


@click.command("end-stay")
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


@click.command("decide")
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


REVIEW = (assign, review, ask, go_on, inadmissible, stay, refuse, end, decide)
