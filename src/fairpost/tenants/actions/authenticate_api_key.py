"""Turns an API key into its actor, or into nobody; the one action that runs before anyone is authorised."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.db.models import Q

from fairpost.kernel.actor import Actor, Via
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.api_keys import parse_key, secret_hash
from fairpost.tenants.models import ApiKey
from fairpost.tenants.personal_keys import personal_actor

USE_NOTED_EVERY = timedelta(minutes=1)


def authenticate_api_key(key: str, now: datetime | None = None, *, via: Via = "api") -> Actor | None:
    """None for a malformed, unknown, expired or revoked key, without telling which; so too for a personal key
    whose person holds no role there any more.

    The time of use is noted at most once a minute, so that reading calls do not write.
    """
    now = now or SYSTEM_CLOCK.now()
    parsed = parse_key(key)
    if parsed is None:
        return None
    key_id, secret = parsed
    row = ApiKey.objects.filter(id=key_id).first()
    stored = bytes(row.secret_hash) if row else bytes(32)
    right = hmac.compare_digest(stored, secret_hash(secret))
    if row is None or not right or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    actor = key_actor(row, via) if row.person_id is None else personal_actor(row, via)
    if actor is not None:
        note_use(row, now)
    return actor


def key_actor(row: ApiKey, via: Via) -> Actor:
    return Actor(
        name=row.name,
        via=via,
        capabilities=frozenset(row.capabilities),
        account_id=row.account_id,
        unit_id=row.unit_id,
        api_key_id=row.id,
    )


def note_use(row: ApiKey, now: datetime) -> None:
    if row.last_used_at is None or row.last_used_at <= now - USE_NOTED_EVERY:
        seldom = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        ApiKey.objects.filter(seldom, id=row.id).update(last_used_at=now)
