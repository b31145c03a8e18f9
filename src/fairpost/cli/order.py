"""`fairpost order`: orders of courts and authorities. Legal officers only, each with a personal key."""

from __future__ import annotations

from dataclasses import asdict

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.cli.times import moment
from fairpost.enforcement.actions.act_on_order import answer_order, close_order, end_order_stay, stay_order
from fairpost.enforcement.actions.register_order import register_order
from fairpost.enforcement.naming import label, number_of
from fairpost.enforcement.queries.orders import order, orders

what_option = click.option("--what", required=True, help="What was done, or decided elsewhere; kept sealed.")


@click.group("order")
def command() -> None:
    """Orders of courts and authorities."""


@command.command("add")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--authority", required=True, help="Court or authority that made it.")
@click.option("--legal-basis", required=True, help="The law that it rests on.")
@click.option("--scope", required=True, help="What it asks, of whom, where.")
@click.option("--deadline", required=True, help="Until when it must be answered: 2027-03-01T09:00+01:00, or 2d.")
@click.option("--served-by", required=True, help="Who served it.")
@click.option("--served-at", required=True, help="When it was served.")
@click.option("--forbids-disclosure", is_flag=True, help="Nobody may be told of it.")
@click.option("--reason", help="Why, for the record.")
@json_option
def add(file, authority, legal_basis, scope, deadline, served_by, served_at, forbids_disclosure, reason, as_json):
    """Register the order whose text is in FILE (- for standard input)."""
    number = register_order(
        actor=acting(),
        authority=authority,
        text=file.read(),
        legal_basis=legal_basis,
        scope=scope,
        deadline=moment(deadline),
        served_by=served_by,
        served_at=moment(served_at),
        forbids_disclosure=forbids_disclosure,
        reason=reason,
    )
    emit({"order": label("order", number)}, as_json)


@command.command("list")
@click.option("--closed", is_flag=True, help="Closed ones too.")
@json_option
def list_(closed, as_json):
    """List orders by deadline."""
    emit(orders(acting(), closed=closed), as_json)


@command.command("show")
@click.argument("order_id")
@json_option
def show(order_id, as_json):
    """Show one order in clear; that you did goes on record."""
    view = order(acting(), number_of("order", order_id))
    told = asdict(view)
    emit({**told.pop("line"), **told}, as_json)


@command.command("answer")
@click.argument("order_id")
@click.option("--decision", help="The decision by which it was done.")
@what_option
@json_option
def answer(order_id, decision, what, as_json):
    """Keep what was done about an order."""
    number = number_of("order", order_id)
    decision_id = number_of("decision", decision) if decision else None
    answer_order(actor=acting(), order_id=number, what=what, decision_id=decision_id)
    emit({"order": label("order", number), "decision": decision_id and label("decision", decision_id)}, as_json)


@command.command("stay")
@click.argument("order_id")
@click.option("--until", help="When the stay ends; default: when somebody ends it.")
@what_option
@json_option
def stay(order_id, until, what, as_json):
    """Keep that a court stayed an order."""
    number = number_of("order", order_id)
    stay_order(actor=acting(), order_id=number, what=what, until=moment(until) if until else None)
    emit({"order": label("order", number), "state": "stayed"}, as_json)


@command.command("end-stay")
@click.argument("order_id")
@what_option
@json_option
def end_stay(order_id, what, as_json):
    """Keep that a stay ended: the order binds again."""
    number = number_of("order", order_id)
    end_order_stay(actor=acting(), order_id=number, what=what)
    emit({"order": label("order", number), "state": "open"}, as_json)


@command.command("close")
@click.argument("order_id")
@what_option
@json_option
def close(order_id, what, as_json):
    """Close an order about which nothing more is to be done."""
    number = number_of("order", order_id)
    close_order(actor=acting(), order_id=number, what=what)
    emit({"order": label("order", number), "state": "closed"}, as_json)
