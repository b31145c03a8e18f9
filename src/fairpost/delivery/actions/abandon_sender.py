"""Gives up a sender whose machine, and with it its journal, will not come back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.audit.actions import record
from fairpost.delivery.fold.apply import apply_states, finish_if_done, outcomes_of, return_part
from fairpost.delivery.fold.collect import Collector, Key
from fairpost.delivery.fold.folder import leases_of
from fairpost.delivery.gate.permit import LIFE
from fairpost.engine.journal.record import FINAL
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class Abandoned:
    """`uncertain` recipients may have been written to without our knowing; they will be sent to once more, marked.

    `in_doubt` of them are named by the part of the journal that was folded; the others are everybody else in its
    leases, because the lost end of the journal may have had an outcome for any of them.
    """

    sender_id: str
    leases: int
    in_doubt: int
    uncertain: int


def abandon_sender(*, actor: Actor, sender_id: str, reason: str, clock: Clock = SYSTEM_CLOCK) -> Abandoned:
    """Hands the leases of a lost sender to others. Everybody in them without an outcome becomes in doubt.

    Refused while its permit is alive. If the process does come back it finds itself expelled and sends nothing.
    """
    authorise(actor, "installation.manage")
    try:
        number = uuid.UUID(sender_id)
    except ValueError:
        raise Invalid(
            _("{sender} is not a sender's id.").format(sender=repr(sender_id)), field="sender_id"
        ) from None
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT open_intents, granted_at + make_interval(secs => %s) > clock_timestamp()"
            " FROM sender WHERE sender_id = %s FOR UPDATE",
            [LIFE, number],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("There is no sender {sender}.").format(sender=sender_id))
        if row[1]:
            raise Conflict(_("The sender {sender} is alive; stop it instead.").format(sender=sender_id))
        leases = leases_of(cursor, number)
        collector = Collector(bytes(row[0]))
        in_doubt = len(collector.open)
        collector.close_intents()
        gathered, _returned = collector.taken()
        for place in sorted(gathered):
            apply_states(cursor, place, gathered[place].states)
        uncertain = in_doubt
        for key in leases:
            uncertain += doubt_rest(cursor, key)
            return_part(cursor, key, number, None, now)
        for account_id, campaign_id in {key[:2] for key in leases}:
            finish_if_done(cursor, account_id, campaign_id, now)
        cursor.execute("DELETE FROM sender WHERE sender_id = %s", [number])
        record(
            actor=actor,
            act="sender.abandoned",
            account_id=None,
            subject=f"sender:{number}",
            reason=reason,
            facts={"leases": len(leases), "uncertain": uncertain},
        )
    return Abandoned(sender_id, len(leases), in_doubt, uncertain)


def doubt_rest(cursor: Any, key: Key) -> int:
    """Marks everybody of a lease who has no final outcome: the lost end of the journal may have had one."""
    cursor.execute(
        "SELECT members FROM batch WHERE account_id = %s AND campaign_id = %s AND batch_no = %s AND part = %s",
        key,
    )
    rest = BitMap.deserialize(bytes(cursor.fetchone()[0]))
    for (state, _reason), members in outcomes_of(cursor, key[:3]).items():
        if state in FINAL or state == "in_doubt":
            rest -= members
    if rest:
        apply_states(cursor, key[:3], {("in_doubt", ""): list(rest)})
    return len(rest)
