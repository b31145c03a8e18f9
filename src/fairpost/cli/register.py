"""`fairpost register`: what was decided and may be told, what is sealed, and what an order keeps out."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.cli.times import moment
from fairpost.enforcement.actions.keep_out_entry import end_keep_out, keep_out_entry
from fairpost.enforcement.actions.seal_entry import seal_entry, unseal_entry
from fairpost.enforcement.naming import label, number_of
from fairpost.enforcement.queries.register import (
    RegisterEntryView,
    kept_out,
    register_entries,
    register_entry,
    undisclosed,
)
from fairpost.enforcement.register.documents import entry_document
from fairpost.enforcement.register.guarantees import guarantees
from fairpost.enforcement.register.wording import lines, sealed_sentence, title
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _

public_option = click.option("--public", is_flag=True, help="As everybody sees it, not as you do.")


@click.group("register")
def command() -> None:
    """The register of decisions."""


@command.command("list")
@public_option
@click.option("--before", default="", help="Go on behind this place (`next` of the page before).")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="At most so many.")
@json_option
def list_(public, before, limit, as_json):
    """List entries, what changed last first."""
    views = register_entries(None if public else acting(), before=before, limit=limit)
    if as_json:
        following = views[-1].key if len(views) == limit else None
        emit({"entries": [entry_document(each) for each in views], "next": following}, as_json)
        return
    emit([row_of(each) for each in views], as_json)
    if len(views) == limit:
        click.echo(_("More: --before {place}").format(place=views[-1].key))


def row_of(view: RegisterEntryView) -> dict[str, str]:
    heading = view.legal_basis
    if view.statements:
        newest = view.statements[0]
        heading = title(newest.kind, newest.content, view.decision_id)
    return {
        "id": view.id,
        "visibility": state_in_words(view.visibility),
        "state": view.state,
        "updated_at": f"{view.updated_at:%Y-%m-%d %H:%M}",
        "title": heading,
    }


@command.command("show")
@click.argument("decision")
@public_option
@json_option
def show(decision, public, as_json):
    """Show the entry of DECISION, its latest amendment first."""
    view = register_entry(None if public else acting(), number_of("decision", decision))
    if as_json:
        emit(entry_document(view), as_json)
        return
    click.echo(f"{view.id}  {state_in_words(view.visibility)}  {state_in_words(view.state)}  {view.url}")
    if view.visibility == "sealed":
        click.echo(sealed_sentence(view.sealed_until, view.legal_basis))
    for each in view.statements:
        click.echo(f"\n{title(each.kind, each.content, view.decision_id)}  ({each.at:%Y-%m-%d %H:%M} UTC)")
        for name, text in lines(each.kind, each.content):
            click.echo(f"  {name}: {text}")


@command.command("seal")
@click.argument("decision")
@click.option("--until", required=True, help="When it opens by itself: 2027-03-01T09:00+01:00, or 30d.")
@click.option("--legal-basis", required=True, help="The law or order that asks for silence; everybody reads it.")
@click.option("--reason", help="Why, for the record.")
@json_option
def seal(decision, until, legal_basis, reason, as_json):
    """Seal the entry of DECISION until a date. Needs a personal key."""
    number = number_of("decision", decision)
    until_at = moment(until)
    seal_entry(actor=acting(), decision_id=number, until=until_at, legal_basis=legal_basis, reason=reason)
    emit({"id": label("decision", number), "sealed_until": until_at, "legal_basis": legal_basis}, as_json)


@command.command("unseal")
@click.argument("decision")
@click.option("--reason", required=True, help="Why it opens before its date.")
@json_option
def unseal(decision, reason, as_json):
    """Open a sealed entry before its date. Needs a personal key."""
    number = number_of("decision", decision)
    unseal_entry(actor=acting(), decision_id=number, reason=reason)
    emit({"id": label("decision", number), "sealed_until": None}, as_json)


@command.command("keep-out")
@click.argument("decision")
@click.option("--order", "order_id", required=True, help="The order that forbids disclosure.")
@click.option("--reason", help="Why, for the record.")
@json_option
def keep_out(decision, order_id, reason, as_json):
    """Keep the entry of DECISION out, because an order forbids disclosure. Legal officers only."""
    number, order = number_of("decision", decision), number_of("order", order_id)
    keep_out_entry(actor=acting(), decision_id=number, order_id=order, reason=reason)
    emit({"id": label("decision", number), "order": label("order", order)}, as_json)


@command.command("end")
@click.argument("decision")
@click.option("--reason", required=True, help="Why it may be disclosed now.")
@json_option
def end(decision, reason, as_json):
    """End that an order keeps the entry of DECISION out. Legal officers only."""
    number = number_of("decision", decision)
    ended = end_keep_out(actor=acting(), decision_id=number, reason=reason)
    emit({"id": label("decision", number), "ended": ended}, as_json)


@command.command("kept-out")
@json_option
def kept_out_(as_json):
    """List what orders keep out now. Legal officers only."""
    emit(kept_out(acting()), as_json)


@command.command("guarantees")
@json_option
def guarantees_(as_json):
    """Say which guarantee is met, and in what bands something is not told."""
    found = [{"role": each.role, "met": each.met, "guarantee": _(each.sentence)} for each in guarantees()]
    if as_json:
        emit({"guarantees": found, "undisclosed": undisclosed()}, as_json)
        return
    emit(found, as_json)
    kept = undisclosed()
    click.echo(
        _("Orders that forbid disclosure: {orders}; entries that they keep out now: {entries}.").format(
            orders=kept.orders, entries=kept.entries
        )
    )
