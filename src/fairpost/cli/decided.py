"""Decisions and measures as people read them: all that an approver must know, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click

from fairpost.cli.coverage import show_coverage
from fairpost.cli.output import emit
from fairpost.enforcement.catalogue.durations import KINDS, Duration
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.naming import label
from fairpost.enforcement.queries.decisions import DecisionView, MeasureView
from fairpost.enforcement.scope.selector import SELECTORS
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _, mark

EYES = {
    "no": mark("no other person needs to approve it"),
    "yes": mark("another person approves it"),
    "after": mark("in force at once; another person looks at it afterwards"),
}
# Acts of people; the others are the machine's or an appeal's.
BY_HAND = {
    "proposed": "decision submit",
    "approved": "decision approve",
    "rejected": "decision return",
    "withdrawn": "decision withdraw",
    "activated": "decision activate",
    "lifted": "measure lift",
}


def show_decision(view: DecisionView) -> None:
    """Everything that was decided, by whom, and how each measure stands."""
    emit(
        {
            "decision": view.label,
            "case": label("case", view.case_id),
            "source": view.source,
            "clauses": ", ".join(each.label for each in view.clauses),
            "facts": view.facts,
            "quoted": view.quoted,
            "campaigns": ", ".join(f"{account}/{campaign}" for account, campaign in view.campaigns),
            "milder_step": view.milder_step,
            "milder_why_not": view.milder_why_not,
            "automated_detection": view.automated_detection,
            "automated_decision": view.automated_decision,
            "responsible": ", ".join(str(each) for each in view.responsible),
            "supersedes": label("decision", view.supersedes) if view.supersedes else "",
            "hands": ", ".join(f"{role} {person}" for person, role in view.hands),
            "version": view.version[:12],
            "url": view.url,
        },
        False,
    )
    for each in view.measures:
        click.echo("")
        show_measure(each)


def show_measure(view: MeasureView) -> None:
    """One measure: what it does, where, how long, whom it covers and whom not, and what can be done with it."""
    click.echo(f"{view.label}  {view.kind} ({_(MEASURES[view.kind].sentence)})  {state_in_words(view.state)}")
    lines = {
        _("scope"): scope_in_words(view.scope),
        _("mechanism"): pairs(view.mechanism),
        _("term"): duration_in_words(view.duration),
        _("strike"): _("yes") if view.strike else _("no"),
        _("approval"): _(EYES[view.four_eyes]),
        _("possible now"): ", ".join(f"fairpost {BY_HAND[each]}" for each in view.possible if each in BY_HAND),
    }
    for name, said in lines.items():
        if said:
            click.echo(f"  {name}: {said}")
    show_coverage(view.coverage)
    for each in view.acts:
        who = _("person {number}").format(number=each.person_id) if each.person_id else _("the machine")
        click.echo(f"  {when(each.at)}  {state_in_words(each.act)}  {who}  {each.reason}".rstrip())


def scope_in_words(scope: Mapping[str, Any]) -> str:
    """`account 3; content class x@1; not: business unit 5`."""
    words = [f"{_(SELECTORS[kind].sentence)} {listed(values)}" for kind, values in scope.items() if kind in SELECTORS]
    words += [
        _("not: {what}").format(what=f"{_(SELECTORS[kind].sentence)} {listed(values)}")
        for kind, values in scope.get("excluded", {}).items()
    ]
    return "; ".join(words)


def duration_in_words(duration: Duration) -> str:
    values = {name: value for name, value in duration.to_json().items() if name != "kind"}
    shown = {name: when(value) if isinstance(value := getattr(duration, name), datetime) else value for name in values}
    return "; ".join(filter(None, [_(KINDS[duration.kind]), pairs(shown)]))


def pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def listed(values: Iterable[Any]) -> str:
    return ", ".join(str(each) for each in values)


def when(at: datetime) -> str:
    return f"{at:%F %H:%M}Z"
