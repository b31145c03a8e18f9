"""DKIM keys with the records that publish them; never their private part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fairpost.tenants.dkim import DnsRecord, key_record
from fairpost.tenants.models import DkimKey
from fairpost.tenants.scope import own_identity


@dataclass(frozen=True, slots=True)
class DkimKeyRow:
    """One key; `state` is what its dates say."""

    id: int
    domain: str
    selector: str
    algorithm: str
    state: Literal["waiting", "active", "retired"]
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None
    record: DnsRecord


def identity_keys(account_id: int, identity_id: int) -> list[DkimKeyRow]:
    """All keys of an identity's domain, the newest first."""
    identity = own_identity(account_id, identity_id)
    return [key_row(each) for each in DkimKey.objects.filter(domain=identity.domain).order_by("-id")]


def platform_keys() -> list[DkimKeyRow]:
    """All keys of the platform itself, the newest first."""
    return [key_row(each) for each in DkimKey.objects.filter(domain=None).order_by("-id")]


def key_row(key: DkimKey) -> DkimKeyRow:
    state: Literal["waiting", "active", "retired"] = "waiting"
    if key.retired_at is not None:
        state = "retired"
    elif key.activated_at is not None:
        state = "active"
    return DkimKeyRow(
        key.id,
        key.domain_name,
        key.selector,
        key.algorithm,
        state,
        key.created_at,
        key.activated_at,
        key.retired_at,
        key_record(key.domain_name, key.selector, key.algorithm, key.public_key),
    )
