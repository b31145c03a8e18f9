"""Periods of elevated risk, declared by two people, and the dates near which less is allowed."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import periods as told
from fairpost.api.schemas.fields import PathId
from fairpost.enforcement.actions.close_period import close_period as close
from fairpost.enforcement.actions.declare_key_date import declare_key_date as declare_date
from fairpost.enforcement.actions.declare_period import declare_period as declare
from fairpost.enforcement.actions.second_declaration import second_declaration
from fairpost.enforcement.queries import periods as queries

router = Router()
ALL = "/risk-periods"


@router.get(ALL, response=Page[told.Period])
def list_periods(request: Caller, before: Before = None, limit: Limit = 50) -> Any:
    """Periods, the newest first."""
    rows = lambda most: queries.periods(request.auth, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post(ALL, response={201: told.Period})
def declare_period(request: Caller, asked: told.NewPeriod) -> Any:
    """Declares a period, as the first of two people; nothing changes by it."""
    return declare(actor=request.auth, **asked.model_dump())


@router.get(ALL + "/{period_id}", response=told.Period)
def get_period(request: Caller, period_id: PathId) -> Any:
    """One period."""
    return queries.period(request.auth, period_id)


@router.post(ALL + "/{period_id}/second", response=told.PeriodBegun)
@outside_transaction(Repeat.ASK)
def second_period(request: Caller, period_id: PathId, asked: told.Second) -> Any:
    """Declares it too, as the second person; this brings it into force."""
    return second_declaration(actor=request.auth, period_id=period_id, hash=asked.hash, reason=asked.reason)


@router.post(ALL + "/{period_id}/close", response=told.Period)
def close_period(request: Caller, period_id: PathId, asked: told.PeriodClosing) -> Any:
    """Ends a period and writes its closing report."""
    return close(actor=request.auth, period_id=period_id, **asked.model_dump())


@router.get("/key-dates", response=Page[told.KeyDate])
def list_key_dates(request: Caller) -> Any:
    """Declared election and filing dates, the latest first."""
    return whole(queries.key_dates(request.auth))


@router.post("/key-dates", response={201: told.KeyDate})
def declare_key_date(request: Caller, asked: told.NewKeyDate) -> Any:
    """Declares an election or filing date."""
    return declare_date(actor=request.auth, **asked.model_dump())
