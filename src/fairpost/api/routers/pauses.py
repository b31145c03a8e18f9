"""What an account pauses of its own; no call of the installation's people can do it."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import pauses as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.enforcement.actions.begin_pause import begin_pause as begin
from fairpost.enforcement.actions.end_pause import end_pause as end
from fairpost.enforcement.queries import pauses as queries

router = Router()
ALL = "/accounts/{account_id}/pauses"
Over = Annotated[bool, Query(description="Those that are over, instead of those in force.")]


@router.get(ALL, response=Page[told.Pause])
def list_pauses(
    request: Caller, account_id: PathId, over: Over = False, before: Before = None, limit: Limit = 100
) -> Any:
    """The account's own pauses with who began them and when, the newest first."""
    rows = lambda most: queries.pauses(request.auth, account_id, over=over, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post(ALL, response={201: told.PauseBegun})
@outside_transaction(Repeat.AGAIN)
def begin_pause(request: Caller, account_id: PathId, asked: told.NewPause) -> Any:
    """Pauses what the account does; when this returns, nothing more of it is handed to a relay."""
    return begin(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.post(ALL + "/{pause_id}/end", response=told.Pause)
def end_pause(request: Caller, account_id: PathId, pause_id: PathId, asked: Because = NOTHING) -> Any:
    """Ends a pause; no measure is lifted by it."""
    return end(actor=request.auth, account_id=account_id, pause_id=pause_id, reason=asked.reason)
