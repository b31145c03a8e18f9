"""Where opens and clicks are followed: switches of the account, its lists and territories, and of single contacts."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.reading import may_read
from fairpost.api.schemas import tracking as told
from fairpost.api.schemas.fields import PathId
from fairpost.contacts.actions.switch_tracking import switch_tracking as switch
from fairpost.contacts.queries.tracking import tracking_switches

router = Router()
ALL = "/accounts/{account_id}/tracking"


@router.get(ALL, response=told.TrackingSwitches)
def get_tracking(request: Caller, account_id: PathId) -> Any:
    """What is switched off; single contacts only as their number."""
    may_read(request, account_id, "contacts.read")
    return tracking_switches(account_id)


@router.post(ALL, response=told.TrackingSwitches)
def switch_tracking(request: Caller, account_id: PathId, asked: told.Switch) -> Any:
    """Switches one off or on; every attempt from then on obeys."""
    switch(actor=request.auth, account_id=account_id, **asked.model_dump())
    return tracking_switches(account_id)
