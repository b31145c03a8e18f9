"""Releases of content before it is sent."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import clearances as told
from fairpost.api.schemas.fields import PathId
from fairpost.enforcement.actions.clear_content import clear_content as clear
from fairpost.enforcement.actions.withdraw_clearance import withdraw_clearance as withdraw
from fairpost.enforcement.queries.clearances import clearances

router = Router()
Family = Annotated[str, Query(max_length=200, description="Only of this family.")]


@router.get("/accounts/{account_id}/clearances", response=Page[told.Clearance])
def list_account_clearances(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 100) -> Any:
    """What was released for the account, or wherever it is sent; the newest first."""
    rows = lambda most: clearances(request.auth, account_id=account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.get("/clearances", response=Page[told.Clearance])
def list_clearances(request: Caller, family: Family = "", before: Before = None, limit: Limit = 100) -> Any:
    """All releases, the newest first."""
    rows = lambda most: clearances(request.auth, family=family, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post("/clearances", response={201: Page[told.Clearance]})
def clear_content(request: Caller, asked: told.NewClearance) -> Any:
    """Releases content by its hashes; several are variants of one family."""
    return whole(clear(actor=request.auth, **asked.model_dump()))


@router.post("/clearances/{clearance_id}/withdraw", response=Page[told.Clearance])
@outside_transaction(Repeat.AGAIN)
def withdraw_clearance(request: Caller, clearance_id: PathId, asked: told.Withdrawal) -> Any:
    """Takes a release back."""
    return whole(withdraw(actor=request.auth, clearance_id=clearance_id, reason=asked.reason).clearances)


@router.post("/clearances/withdraw-family", response=Page[told.Clearance])
@outside_transaction(Repeat.AGAIN)
def withdraw_family(request: Caller, asked: told.FamilyWithdrawal) -> Any:
    """Takes the releases of a whole family back."""
    return whole(withdraw(actor=request.auth, family=asked.family, reason=asked.reason).clearances)
