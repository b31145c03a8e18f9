"""Accounts and their business units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.tenants.models import Account, BusinessUnit
from fairpost.tenants.scope import own_account, own_unit


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account with its holder's name."""

    id: int
    slug: str
    name: str
    holder_id: int
    holder: str
    language: str
    time_zone: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One business unit."""

    id: int
    slug: str
    name: str
    is_default: bool


def account(account_id: int) -> AccountRow:
    """Raises `NotFound` where there is none."""
    return account_row(own_account(account_id))


def accounts(account_id: int | None, *, after: int = 0, limit: int = 100) -> list[AccountRow]:
    """By id, those after `after`: all accounts for an actor of the installation (None), else the one."""
    rows = Account.objects.filter(id__gt=after).select_related("holder").order_by("id")
    if account_id is not None:
        rows = rows.filter(id=account_id)
    return [account_row(each) for each in rows[:limit]]


def units(account_id: int) -> list[UnitRow]:
    """The default unit first."""
    own_account(account_id)
    return [unit_row(each) for each in BusinessUnit.objects.filter(account_id=account_id).order_by("-is_default", "id")]


def unit(account_id: int, unit_id: int | None) -> UnitRow:
    """The unit, or the default unit for None; `NotFound` for another account's."""
    return unit_row(own_unit(account_id, unit_id))


def account_row(row: Account) -> AccountRow:
    return AccountRow(
        row.id,
        row.slug,
        row.name,
        row.holder_id,
        row.holder.name,
        row.language,
        row.time_zone,
        row.created_at,
    )


def unit_row(row: BusinessUnit) -> UnitRow:
    return UnitRow(row.id, row.slug, row.name, row.is_default)
