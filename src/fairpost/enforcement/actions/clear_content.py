"""A person releases content before it is sent; it holds for identical content, and for nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.content.queries.versions import content_version
from fairpost.enforcement.independence import refuse_own_cause
from fairpost.enforcement.models import Clearance
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.queries.clearances import ClearanceView, view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import account

HASH = re.compile(r"[0-9a-f]{64}")
MOST_VARIANTS = 100


def clear_content(
    *,
    actor: Actor,
    account_id: int | None,
    content: Collection[str],
    reason: str,
    family: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> list[ClearanceView]:
    """Releases content by its hashes, for one account or (None) wherever it is sent.

    Several hashes are variants of one mail that were all looked at; give their `family` a name. Reviews that were
    asked for before are satisfied by it; those that come later ask again, except in a period that spares what was
    cleared. Raises Forbidden for whoever holds a role in the account, Invalid for what is no hash.
    """
    authorise(actor, "clearance.write")
    person_id = acting_person(actor)
    refuse_own_cause(person_id, [account_id])
    hashes = checked(content, family)
    why = single_line(reason, "reason", 1000)
    if account_id is not None:
        account(account_id)
    with transaction.atomic():
        rows = [
            Clearance.objects.create(
                account_id=account_id,
                content_hash=each,
                family=single_line(family, "family", required=False),
                cleared_by_id=person_id,
                cleared_at=clock.now(),
                reason=why,
            )
            for each in hashes
        ]
        for row in rows:
            record(
                actor=actor,
                act="content.cleared",
                account_id=account_id,
                subject=f"clearance:{row.pk}",
                reason=why,
                facts={"content": row.content_hash, "family": row.family},
                clock=clock,
            )
        mailings().classify()  # running campaigns learn of it
    return [view(each) for each in rows]


def clear_version(
    *,
    actor: Actor,
    account_id: int,
    content_version_ids: Iterable[int],
    reason: str,
    family: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> list[ClearanceView]:
    """The same for content versions of an account, by their numbers."""
    authorise(actor, "clearance.write")
    hashes = [content_version(account_id, each).hash for each in content_version_ids]
    return clear_content(
        actor=actor, account_id=account_id, content=hashes, reason=reason, family=family, clock=clock
    )


def checked(content: Collection[str], family: str) -> list[str]:
    """The hashes, each once. Several need the name of their family: they were looked at together."""
    hashes = list(dict.fromkeys(each.strip().lower() for each in content))
    if not 0 < len(hashes) <= MOST_VARIANTS:
        raise Invalid(
            _("Between 1 and {most} contents can be cleared at once.").format(most=MOST_VARIANTS), field="content"
        )
    for each in hashes:
        if not HASH.fullmatch(each):
            raise Invalid(
                _("{value} is not the hash of a content version.").format(value=repr(each)),
                field="content",
                hint=_("`fairpost template versions` shows them: 64 hexadecimal digits."),
            )
    if len(hashes) > 1 and not family.strip():
        raise Invalid(_("Variants of one mail need the name of their family."), field="family")
    return hashes
