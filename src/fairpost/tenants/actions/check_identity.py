"""Asks DNS whether an identity's domains are ready to send, and keeps the answer with its time."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.dns.checks import configured_resolver, run_checks
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.models import IdentityCheck
from fairpost.tenants.queries.identity_checks import IdentityReport, subject_of
from fairpost.tenants.scope import own_identity, within_unit


def check_identity(
    *,
    actor: Actor,
    account_id: int,
    identity_id: int,
    resolver: Resolver | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> IdentityReport:
    """The findings; `passed` where none is an error. DNS is asked outside of any transaction."""
    authorise(actor, "identity.manage", account_id=account_id, unit_id=actor.unit_id)
    identity = own_identity(account_id, identity_id)
    within_unit(actor, identity.unit_id, _("There is no such sender identity."))
    authorise(actor, "identity.manage", account_id=account_id, unit_id=identity.unit_id, act="identity.check")
    findings = run_checks(subject_of(identity), resolver or configured_resolver())
    passed = not any(each.status == "error" for each in findings)
    with transaction.atomic():
        now = clock.now()
        IdentityCheck.objects.create(
            identity=identity, at=now, passed=passed, findings=[asdict(each) for each in findings]
        )
        record(
            actor=actor,
            act="identity.checked",
            account_id=account_id,
            subject=f"identity:{identity.id}",
            reason=reason,
            facts={"passed": passed, "errors": sorted({e.check for e in findings if e.status == "error"})},
            clock=clock,
        )
    return IdentityReport(identity.id, now, passed, tuple(findings))
