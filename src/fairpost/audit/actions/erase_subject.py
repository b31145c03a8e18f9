"""Erases what is sealed of a subject by destroying its key; the chain stays whole, for it holds none of it."""

from __future__ import annotations

from django.db import connection, transaction

from fairpost.audit.actions.record import record
from fairpost.audit.holds import checked_items, keep_holds_still
from fairpost.audit.permission import require
from fairpost.audit.queries.holds import Hold, holds_on
from fairpost.audit.vault import destroy_key
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _


def erase_subject(*, actor: Actor, subject: str, reason: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Destroys the keys of `subject` (noun:id) and says how many there were; it cannot be undone.

    Raises Conflict while a legal hold names the subject, and says which; the attempt is on record then.
    Raises NotFound where nothing is sealed for it. What is sealed for it later is not erased with it.
    """
    require(actor, "audit.seal")
    [subject] = checked_items([subject], most=1)
    reason = single_line(reason, "reason", 1000)
    with transaction.atomic(), connection.cursor() as cursor:
        held = subject in keep_holds_still(cursor).items
        if not held:
            keys = destroy_key(subject, cursor=cursor, clock=clock)
            if not keys:
                raise NotFound(_("Nothing is sealed for {subject}, or it is erased.").format(subject=subject))
            note(actor, "subject.erased", subject, reason, {"keys": keys}, clock)
            return keys
    holds = holds_on(subject)
    note(actor, "subject.kept", subject, reason, {"holds": [each.id for each in holds]}, clock)
    raise Conflict(
        _("Legal hold {names} names {subject}: nothing of it is erased.").format(
            names=in_words(holds), subject=subject
        ),
        hint=_("It can be erased once the hold is released."),
    )


def note(actor: Actor, act: str, subject: str, reason: str, facts: dict[str, object], clock: Clock) -> None:
    record(actor=actor, act=act, account_id=None, subject=subject, reason=reason, facts=facts, clock=clock)


def in_words(holds: list[Hold]) -> str:
    return ", ".join(f"{each.id} ({each.name}; {each.legal_basis})" for each in holds)
