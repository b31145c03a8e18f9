"""Declares an edge lost, on record: senders wait for it no longer, and what it took alone is not known."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@transaction.atomic
def declare_edge_lost(*, actor: Actor, edge_id: str, reason: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Unsubscribes that lie in its spool only are obeyed when it is back, if ever; until then mail may reach them.

    Raises NotFound where there is no such edge, Conflict where it answers or was declared lost already.
    """
    authorise(actor, "relay.manage")
    reason = single_line(reason, "reason")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT host, lost_at IS NOT NULL, seen_at >= clock_timestamp() - interval '2 s' FROM edge"
            " WHERE edge_id = %s FOR UPDATE",
            [number_of(edge_id)],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("There is no edge {edge}.").format(edge=edge_id))
        host, lost, answers = row
        if lost:
            raise Conflict(_("Edge {edge} was declared lost already.").format(edge=edge_id))
        if answers:
            raise Conflict(
                _("Edge {edge} on {host} answers: it is not lost.").format(edge=edge_id, host=host),
                hint=_("Stop it: an edge that ends folds what it took and is waited for no longer."),
            )
        cursor.execute(
            "UPDATE edge SET lost_at = %s, lost_by = %s, lost_reason = %s WHERE edge_id = %s",
            [clock.now(), actor.name, reason, number_of(edge_id)],
        )
    record(
        actor=actor,
        act="edge.lost",
        account_id=None,
        subject=f"edge:{edge_id}",
        reason=reason,
        facts={"host": host},
        clock=clock,
    )


def number_of(edge_id: str) -> UUID:
    try:
        return UUID(edge_id)
    except ValueError:
        raise Invalid(_("“{edge}” is no edge: `fairpost edges list` shows them.").format(edge=edge_id[:40])) from None
