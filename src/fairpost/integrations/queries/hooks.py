"""Hooks that providers post to, and what became of their posts; never a secret, never what a post said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from fairpost.integrations.models import InboundHook
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

NOBODYS = 0  # the account_id of every post: whose hook it is, nobody knows when it comes


@dataclass(frozen=True, slots=True)
class HookRow:
    """One hook; `url` is what the provider posts to. `account_id` None: the installation's, for every account."""

    hook_id: str
    account_id: int | None
    provider: str
    name: str
    url: str
    settings: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post. `state` is new, done, refused or failed; `error` says why, or what of a post was not used."""

    id: int
    hook_id: str
    received_at: datetime
    state: str
    error: str
    attempts: int
    done_at: datetime | None


# By intake_of_hook.
POSTS = """
    SELECT id, hook_id, received_at, state, error, attempts, done_at FROM intake
    WHERE account_id = %s AND hook_id = %s AND id < %s ORDER BY id DESC LIMIT %s"""
NEWEST = 2**63 - 1


def hooks(actor: Actor, account_id: int | None) -> list[HookRow]:
    """Of an account, or of the installation (None), the oldest first; there are few."""
    authorise(actor, "webhook.manage", account_id=account_id)
    rows = InboundHook.objects.filter(account_id=account_id, removed_at=None)
    return [view(each) for each in rows.order_by("created_at", "hook_id")]


def posts(
    actor: Actor, account_id: int | None, hook_id: str, *, before: int | None = None, limit: int = 50
) -> list[PostRow]:
    """What came to one hook, the newest first; `before` is the id of the last row of the page before."""
    authorise(actor, "webhook.manage", account_id=account_id)
    own_hook(account_id, hook_id)
    with connection.cursor() as cursor:
        cursor.execute(POSTS, [NOBODYS, hook_id, before or NEWEST, limit])
        return [PostRow(*row) for row in cursor.fetchall()]


def own_hook(account_id: int | None, hook_id: str) -> InboundHook:
    """The row, for callers that were authorised. Raises NotFound."""
    row = InboundHook.objects.filter(account_id=account_id, hook_id=hook_id, removed_at=None).first()
    if row is None:
        raise NotFound(_("There is no such hook."))
    return row


def view(row: InboundHook) -> HookRow:
    return HookRow(
        row.hook_id, row.account_id, row.provider, row.name, url_of(row.provider, row.hook_id), row.settings,
        row.created_at,
    )  # fmt: skip


def url_of(provider: str, hook_id: str) -> str:
    return f"{settings.FAIRPOST.links_url}/w/{provider}/{hook_id}"
