"""The chain over the record, legal holds, and erasures."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import audit as told
from fairpost.api.schemas.fields import PathId
from fairpost.audit.actions.erase_subject import erase_subject
from fairpost.audit.actions.place_legal_hold import place_legal_hold
from fairpost.audit.actions.release_legal_hold import release_legal_hold
from fairpost.audit.queries import heads
from fairpost.audit.queries.holds import legal_hold, legal_holds
from fairpost.tenants.authorise import authorise

router = Router()
Sequence = Annotated[int, Query(ge=0, le=2**63 - 1, description="Cursor: those behind it. Take it from `next`.")]


@router.get("/audit/heads", response=Page[told.Head])
def list_heads(request: Caller, after: Sequence = 0, limit: Limit = 100) -> Any:
    """The heads of the chain that were published, in order. Keep some of them elsewhere."""
    authorise(request.auth, "audit.read")
    return page(request, "after", limit, lambda most: heads(after, most), by="sequence")


@router.get("/audit/holds", response=Page[told.Hold])
def list_holds(request: Caller, after: After = 0, limit: Limit = 100) -> Any:
    """Legal holds, released ones too, by id."""
    authorise(request.auth, "audit.read")
    return page(request, "after", limit, lambda most: legal_holds(after, most))


@router.post("/audit/holds", response={201: told.PlacedHold})
def place_hold(request: Caller, asked: told.NewHold) -> Any:
    """Places a legal hold: what it names is neither erased nor deleted from now on."""
    return place_legal_hold(actor=request.auth, **asked.model_dump())


@router.post("/audit/holds/{hold_id}/release", response=told.Hold)
def release_hold(request: Caller, hold_id: PathId, asked: told.Release) -> Any:
    """Ends a legal hold."""
    release_legal_hold(actor=request.auth, hold_id=hold_id, reason=asked.reason)
    return legal_hold(hold_id)


@router.post("/audit/erasures", response={201: told.Erasure})
@outside_transaction(Repeat.AGAIN)
def erase(request: Caller, asked: told.NewErasure) -> Any:
    """Destroys a subject's key: what is sealed of it is gone for good. Refused while a legal hold names it."""
    keys = erase_subject(actor=request.auth, subject=asked.subject, reason=asked.reason)
    return {"subject": asked.subject, "keys": keys}
