"""Suppresses addresses: from the moment this returns, no attempt within the reach goes to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.addresses import canonical_form
from fairpost.contacts.reach import authorise_reach, read_reach
from fairpost.contacts.suppression import add_suppressions
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many addresses are newly suppressed, and how many were already."""

    added: int
    already: int


@transaction.atomic
def suppress_addresses(
    *,
    actor: Actor,
    account_id: int,
    addresses: Sequence[str],
    reach: str,
    reason: str,
    source: str = "",
    clock: Clock | None = None,
) -> Suppressed:
    """`reach` is account, installation, list:ID, unit:ID, joint_sender:ID or domain:NAME. All addresses, or none.

    Raises `Invalid` for what is no address: it cannot be mailed either, but a slip must not go unseen.
    """
    wanted = read_reach(reach)
    authorise_reach(actor, account_id, wanted, act="suppression.add")
    if not addresses or len(addresses) > MOST:
        raise Invalid(_("Give between 1 and {most} addresses; more come as a file.").format(most=MOST))
    reason = single_line(reason, "reason")
    canonicals = {read_one(address) for address in addresses}
    clock = clock or SystemClock()
    with connection.cursor() as cursor:
        added = add_suppressions(
            cursor,
            account_id,
            list(canonicals),
            wanted,
            reason,
            single_line(source or actor.via, "source"),
            clock.now(),
        )
    record(
        actor=actor,
        act="suppression.added",
        account_id=None if wanted.kind == "installation" else account_id,
        subject=f"suppression:{wanted.kind}",
        reason=reason,
        facts={"added": added, "already": len(canonicals) - added, "reach": wanted.kind, "reach_id": wanted.key},
        clock=clock,
    )
    return Suppressed(added, len(canonicals) - added)


def read_one(address: str) -> str:
    try:
        return canonical_form(address)
    except Invalid as error:
        raise Invalid(f"{address[:100]!r}: {error.message}.", field="addresses") from None
