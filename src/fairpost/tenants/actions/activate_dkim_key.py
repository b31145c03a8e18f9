"""Lets a published key sign and retires the one that signed before."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Unavailable
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.dkim_keys import may_manage_domain
from fairpost.tenants.dns.checks import configured_resolver
from fairpost.tenants.dns.dkim import check_key
from fairpost.tenants.dns.resolver import DnsFailed, Resolver
from fairpost.tenants.dns.subject import PublishedKey
from fairpost.tenants.models import DkimKey
from fairpost.tenants.queries.dkim_keys import DkimKeyRow, key_row
from fairpost.tenants.scope import one


def activate_dkim_key(
    *,
    actor: Actor,
    account_id: int | None,
    key_id: int,
    force: bool = False,
    resolver: Resolver | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DkimKeyRow:
    """The key, active. Without account it is the platform's.

    DNS must publish it first: that is also the proof that the account may send from the domain. Only who
    manages the installation may `force` it without. Raises `Conflict` where DNS does not show it, or it is
    active or retired; `Unavailable` where DNS does not answer. The old key's record should stay in DNS for a
    week, for mail on its way.
    """
    authorise_key(actor, account_id, force)
    key = one(keys_of(account_id).filter(id=key_id), _("There is no such DKIM key."))
    if key.domain is not None:
        may_manage_domain(actor, key.domain)
    if key.activated_at is not None or key.retired_at is not None:
        raise Conflict(_("The key {selector} was activated before.").format(selector=key.selector))
    if not force:
        require_published(key, resolver or configured_resolver())
    return activate(actor, account_id, key, force, reason, clock)


def authorise_key(actor: Actor, account_id: int | None, force: bool) -> None:
    if account_id is None:
        authorise(actor, "installation.manage")
        return
    authorise(actor, "identity.manage", account_id=account_id, unit_id=actor.unit_id, act="dkim_key.activate")
    if force:
        authorise(actor, "installation.manage")


def keys_of(account_id: int | None) -> QuerySet[DkimKey]:
    rows = DkimKey.objects.select_related("domain")
    return rows.filter(domain=None) if account_id is None else rows.filter(domain__account_id=account_id)


def require_published(key: DkimKey, resolver: Resolver) -> None:
    published = PublishedKey(key.selector, key.algorithm, key.public_key, active=True)
    try:
        finding = check_key(key.domain_name, published, resolver)
    except DnsFailed as error:
        raise Unavailable(
            _("DNS gave no answer about {domain}.").format(domain=key.domain_name),
            hint=_("Try again in a few minutes."),
        ) from error
    if finding.status == "error":
        raise Conflict(f"{finding.name}: {finding.found}", hint=finding.advice)


@transaction.atomic
def activate(
    actor: Actor, account_id: int | None, key: DkimKey, force: bool, reason: str | None, clock: Clock
) -> DkimKeyRow:
    now = clock.now()
    same = keys_of(account_id).filter(domain_name=key.domain_name, algorithm=key.algorithm)
    old = list(
        same.select_for_update(of=("self",))
        .filter(activated_at__isnull=False, retired_at=None)
        .values_list("id", flat=True)
    )
    DkimKey.objects.filter(id__in=old).update(retired_at=now, private_key=None)
    if not DkimKey.objects.filter(id=key.id, activated_at=None).update(activated_at=now):
        raise Conflict(_("The key {selector} was activated before.").format(selector=key.selector))
    record(
        actor=actor,
        act="dkim_key.activated",
        account_id=account_id,
        subject=f"dkim_key:{key.id}",
        reason=reason,
        facts={"domain": key.domain_name, "selector": key.selector, "retired": old, "forced": force},
        clock=clock,
    )
    key.refresh_from_db()
    return key_row(key)
