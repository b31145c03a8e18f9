"""Gives a body that reports with expertise a queue of its own, by a token that proves who reports, or ends that."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.models import Reporter
from fairpost.enforcement.reports.parties import is_trusted
from fairpost.enforcement.reports.tokens import TRUSTED, token_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class TrustedReporter:
    """`token` goes to the body and nowhere else."""

    id: int
    name: str
    token: str = field(repr=False)


@transaction.atomic
def trust_reporter(
    *, actor: Actor, name: str, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> TrustedReporter:
    """Each call makes another one: a token that was lost is ended with its row, and a new one made."""
    authorise(actor, "register.manage")
    now = clock.now()
    row = Reporter.objects.create(name=single_line(name, "name", 200), trusted_since=now, created_at=now)
    record(
        actor=actor, act="reporter.trusted", account_id=None, subject=f"reporter:{row.pk}", reason=reason, clock=clock
    )
    return TrustedReporter(row.pk, row.name, token_of(TRUSTED, row.pk))


@transaction.atomic
def end_trust(*, actor: Actor, reporter_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
    """From now on its token is worth nothing; what it reported stays."""
    authorise(actor, "register.manage")
    now = clock.now()
    row = Reporter.objects.select_for_update().filter(pk=reporter_id).exclude(trusted_since=None).first()
    if row is None:
        raise NotFound(_("There is no trusted reporter {number}.").format(number=reporter_id))
    if not is_trusted(row, now):
        raise Conflict(_("The trusted reporter {number} is ended already.").format(number=reporter_id))
    row.trusted_until = now
    row.save(update_fields=["trusted_until"])
    record(
        actor=actor, act="reporter.ended", account_id=None, subject=f"reporter:{row.pk}", reason=reason, clock=clock
    )
