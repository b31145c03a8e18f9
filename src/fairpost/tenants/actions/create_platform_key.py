"""Makes a DKIM key of the platform's own domain, for the second signature."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise
from fairpost.tenants.dkim_keys import write_key
from fairpost.tenants.domains import domain_name
from fairpost.tenants.queries.dkim_keys import DkimKeyRow, key_row


@transaction.atomic
def create_platform_key(
    *,
    actor: Actor,
    domain: str = "",
    selector: str = "",
    algorithm: str = "rsa",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DkimKeyRow:
    """The key with the record to publish.

    Domain and selector default to the settings' platform host and selector.

    It signs once it is activated and FAIRPOST_PLATFORM_DKIM_SELECTOR names its selector.
    """
    authorise(actor, "installation.manage")
    name = domain_name(domain or settings.FAIRPOST.platform_host, "domain")
    key = write_key(None, name, algorithm, selector or settings.FAIRPOST.platform_dkim_selector, clock.now())
    record(
        actor=actor,
        act="dkim_key.created",
        account_id=None,
        subject=f"dkim_key:{key.id}",
        reason=reason,
        facts={"domain": key.domain_name, "selector": key.selector, "algorithm": algorithm},
        clock=clock,
    )
    return key_row(key)
