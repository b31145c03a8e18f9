"""Makes an address to which a provider posts what it knows."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.integrations.models import InboundHook
from fairpost.integrations.providers import provider as provider_of
from fairpost.integrations.queries.hooks import url_of
from fairpost.integrations.sealed_secrets import hook_place, seal_secret
from fairpost.integrations.webhooks.signing import key_of, new_secret
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import own_account

MOST = 50


@dataclass(frozen=True, slots=True)
class AddedHook:
    """`secret` is shown this once; empty where the provider signs with a key of its own."""

    hook_id: str
    provider: str
    url: str
    secret: str = field(repr=False)


@transaction.atomic
def add_hook(
    *,
    actor: Actor,
    account_id: int | None,
    provider: str,
    name: str = "",
    settings: Mapping[str, str] | None = None,
    secret: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AddedHook:
    """Without account it is the installation's and takes what concerns any account. `settings` are the provider's.

    Raises `NotFound` for a provider there is not, `Invalid` for wrong settings and for a secret where none is used.
    """
    authorise(actor, "webhook.manage", account_id=account_id, act="hook.add")
    if account_id is not None:
        own_account(account_id)
    found = provider_of(provider)
    if account_id is None and not found.installation:
        raise Invalid(_("A hook of this provider belongs to one account."), field="account")
    if secret and not found.needs_secret:
        raise Invalid(_("This provider signs with a key of its own; a hook of it has no secret."), field="secret")
    kept = found.check_settings(settings or {})
    if InboundHook.objects.filter(account_id=account_id, removed_at=None).count() >= MOST:
        raise Conflict(_("There are {most} hooks already.").format(most=MOST), hint=_("Remove one first."))
    secret = (secret or new_secret()) if found.needs_secret else ""
    hook_id = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    if secret:
        key_of(secret)
    InboundHook.objects.create(
        hook_id=hook_id,
        account_id=account_id,
        provider=provider,
        name=single_line(name, "name", 100, required=False),
        secret=seal_secret(secret, hook_place(hook_id)) if secret else None,
        settings=kept,
        created_at=clock.now(),
    )
    record(
        actor=actor,
        act="hook.added",
        account_id=account_id,
        subject=f"hook:{hook_id}",
        reason=reason,
        facts={"provider": provider, **kept},
        clock=clock,
    )
    return AddedHook(hook_id, provider, url_of(provider, hook_id), secret)


@transaction.atomic
def remove_hook(
    *,
    actor: Actor,
    account_id: int | None,
    hook_id: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Posts to it are refused from now on; its secret is deleted. Raises `NotFound`."""
    authorise(actor, "webhook.manage", account_id=account_id, act="hook.remove")
    removed = InboundHook.objects.filter(account_id=account_id, hook_id=hook_id, removed_at=None).update(
        removed_at=clock.now(), secret=None
    )
    if not removed:
        raise NotFound(_("There is no such hook."))
    record(
        actor=actor,
        act="hook.removed",
        account_id=account_id,
        subject=f"hook:{hook_id}",
        reason=reason,
        clock=clock,
    )
