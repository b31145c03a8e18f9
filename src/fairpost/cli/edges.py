"""`fairpost edges`: which edges there are, and which of them keep senders waiting."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.delivery.actions.declare_edge_lost import declare_edge_lost
from fairpost.delivery.queries.edges import edges
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@click.group("edges")
def command() -> None:
    """Edges take opens, clicks and unsubscribes; while one is silent, senders lease nothing."""


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show every edge that has registered and not ended, with since when it is silent where it is."""
    authorise(acting(), "relay.manage")
    emit(edges(), as_json)


@command.command("lost")
@click.argument("edge_id")
@click.option("--reason", required=True, help="Why it will not come back; on record.")
@json_option
def lost(edge_id: str, reason: str, as_json: bool) -> None:
    """Declare EDGE_ID lost: senders wait for it no longer.

    Unsubscribes that lie on its disk alone are obeyed when it is back, if ever.
    """
    declare_edge_lost(actor=acting(), edge_id=edge_id, reason=reason)
    if as_json:
        emit([each for each in edges() if each.edge_id == edge_id], True)
    else:
        click.echo(_("Edge {edge} is declared lost; senders wait for it no longer.").format(edge=edge_id))
