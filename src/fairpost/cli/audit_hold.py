"""`fairpost audit hold`: legal holds, which suspend erasure and deletion for what they name."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting


@click.group("hold")
def hold() -> None:
    """Legal holds: what they name is neither erased nor deleted."""


@hold.command("place")
@click.argument("name")
@click.option("--item", "items", multiple=True, required=True, help="What is held: person:12, campaign:40. Repeat.")
@click.option("--legal-basis", required=True, help="The law or order that it rests on.")
@click.option("--reason", required=True, help="Why, for the record.")
@json_option
def place(name: str, items: tuple[str, ...], legal_basis: str, reason: str, as_json: bool) -> None:
    """Place the legal hold NAME."""
    from fairpost.audit.actions.place_legal_hold import place_legal_hold

    emit(
        place_legal_hold(actor=acting(), name=name, items=items, legal_basis=legal_basis, reason=reason),
        as_json,
    )


@hold.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@json_option
def list_(after: int, as_json: bool) -> None:
    """List legal holds, released ones too."""
    from fairpost.audit.queries.holds import legal_holds
    from fairpost.tenants.authorise import authorise

    authorise(acting(), "audit.read")
    emit(legal_holds(after), as_json)


@hold.command("release")
@click.argument("hold_id", type=int)
@click.option("--reason", required=True, help="Why, for the record.")
@json_option
def release(hold_id: int, reason: str, as_json: bool) -> None:
    """End a legal hold."""
    from fairpost.audit.actions.release_legal_hold import release_legal_hold
    from fairpost.audit.queries.holds import legal_hold

    release_legal_hold(actor=acting(), hold_id=hold_id, reason=reason)
    emit(legal_hold(hold_id), as_json)
