"""The register as the caller's key sees it: public entries, and those of which its account is a party."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Limit, Page, page
from fairpost.api.schemas import register as told
from fairpost.api.schemas.fields import PathId
from fairpost.enforcement.actions.keep_out_entry import end_keep_out, keep_out_entry
from fairpost.enforcement.actions.seal_entry import seal_entry, unseal_entry
from fairpost.enforcement.queries.register import register_entries, register_entry, undisclosed
from fairpost.enforcement.register.documents import entry_document
from fairpost.enforcement.register.guarantees import guarantees
from fairpost.kernel.text import _

router = Router()
ONE = "/register/{decision_id}"
Place = Annotated[str, Query(max_length=60, description="Cursor: those behind this place. Take it from `next`.")]
Why = Annotated[str, Query(min_length=1, max_length=1000, description="Why, for the record.")]


@router.get("/register", response=Page[told.RegisterEntry])
def list_register(request: Caller, before: Place = "", limit: Limit = 50) -> Any:
    """Entries, what changed last first. The same is public under /register.json, without the parties' own."""
    rows = lambda most: register_entries(request.auth, before=before, limit=most)  # noqa: E731
    found = page(request, "before", limit, rows, by="key")
    return {**found, "items": [entry_document(each) for each in found["items"]]}


@router.get("/register/guarantees", response=told.RegisterItself)
def get_register_guarantees(request: Caller) -> Any:
    """Which guarantee this installation meets, and in what bands something is not told."""
    found = [{"role": each.role, "sentence": _(each.sentence), "met": each.met} for each in guarantees()]
    return {"undisclosed": undisclosed(), "guarantees": found}


@router.get(ONE, response=told.RegisterEntry)
def get_register_entry(request: Caller, decision_id: PathId) -> Any:
    """The entry of one decision: 17 for D-17."""
    return entry_document(register_entry(request.auth, decision_id))


@router.post(ONE + "/seal", response={201: None})
def seal_register_entry(request: Caller, decision_id: PathId, asked: told.Seal) -> Any:
    """Seals an entry until a date, on a legal basis that everybody reads. Needs a personal key."""
    seal_entry(actor=request.auth, decision_id=decision_id, **asked.model_dump())
    return 201, None


@router.delete(ONE + "/seal", response={204: None})
def unseal_register_entry(request: Caller, decision_id: PathId, reason: Why) -> Any:
    """Opens a sealed entry before its date. Needs a personal key."""
    unseal_entry(actor=request.auth, decision_id=decision_id, reason=reason)


@router.post(ONE + "/keep-out", response={201: None})
def keep_out_register_entry(request: Caller, decision_id: PathId, asked: told.KeepOut) -> Any:
    """Keeps an entry out, because an order forbids disclosure. Legal officers only."""
    keep_out_entry(actor=request.auth, decision_id=decision_id, **asked.model_dump())
    return 201, None


@router.delete(ONE + "/keep-out", response={204: None})
def end_keeping_out_register_entry(request: Caller, decision_id: PathId, reason: Why) -> Any:
    """Lets an entry be in the register again. Legal officers only."""
    end_keep_out(actor=request.auth, decision_id=decision_id, reason=reason)
