"""From the moment this returns nothing that the hold names is erased or deleted, until it is released."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, transaction

from fairpost.audit.actions.record import record
from fairpost.audit.holds import checked_items, keep_destruction_still
from fairpost.audit.models import LegalHold, LegalHoldItem
from fairpost.audit.permission import require
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import single_line

# By subject_key_of.
ERASED_BEFORE = """
SELECT subject FROM subject_key WHERE subject = ANY(%s) GROUP BY subject HAVING count(wrapped) = 0"""


@dataclass(frozen=True, slots=True)
class Placed:
    """`erased` are the subjects of which everything was erased before: nothing of them is left to hold."""

    id: int
    erased: tuple[str, ...]


@transaction.atomic
def place_legal_hold(
    *,
    actor: Actor,
    name: str,
    items: Collection[str],
    legal_basis: str,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Placed:
    """`items` are subjects (person:12) and records (campaign:40), up to a thousand.

    An erasure that runs already is waited for; one that begins later is refused and told which hold it is.
    """
    require(actor, "legal.order")
    wanted = checked_items(items)
    name, legal_basis = single_line(name, "name"), single_line(legal_basis, "legal_basis", 500)
    reason = single_line(reason, "reason", 1000)
    with connection.cursor() as cursor:
        keep_destruction_still(cursor)
        cursor.execute(ERASED_BEFORE, [wanted])
        erased = tuple(sorted(row[0] for row in cursor.fetchall()))
    hold = LegalHold.objects.create(name=name, legal_basis=legal_basis, reason=reason, placed_at=clock.now())
    LegalHoldItem.objects.bulk_create(LegalHoldItem(hold=hold, item=item) for item in wanted)
    record(
        actor=actor,
        act="legal_hold.placed",
        account_id=None,
        subject=f"legal_hold:{hold.pk}",
        reason=reason,
        facts={"items": wanted},
        clock=clock,
    )
    return Placed(hold.pk, erased)
