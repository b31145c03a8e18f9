"""Segments: saved conditions over contacts, counted and explained before they are used."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.reading import may_read
from fairpost.api.schemas import lists as told
from fairpost.api.schemas.fields import PathId, Reason
from fairpost.contacts.actions.change_segments import archive_segment as archive
from fairpost.contacts.actions.change_segments import change_segment as change
from fairpost.contacts.actions.change_segments import create_segment as create
from fairpost.contacts.queries.segments import (
    count_segment,
    explain_text,
    saved_segment,
    segments_of,
)

router = Router()
ALL = "/accounts/{account_id}/segments"
ONE = ALL + "/{segment_id}"


@router.get(ALL, response=Page[told.Segment])
def list_segments(request: Caller, account_id: PathId) -> Any:
    """The segments that the caller may use, by name."""
    return whole(segments_of(may_read(request, account_id, "contacts.read"), account_id))


@router.post(ALL, response={201: told.Segment})
def create_segment(request: Caller, account_id: PathId, asked: told.NewSegment) -> Any:
    """Saves a condition under a name."""
    made = create(actor=request.auth, account_id=account_id, **asked.model_dump())
    return saved_segment(request.auth, account_id, made)


@router.get(ALL + "/explain", response=told.Explanation)
def explain_condition(
    request: Caller, account_id: PathId, condition: Annotated[str, Query(min_length=1, max_length=10_000)]
) -> Any:
    """Says in words what a condition selects, without saving it. To count it: contacts/count?where=..."""
    return {"explanation": explain_text(may_read(request, account_id, "contacts.read"), account_id, condition)}


@router.get(ONE, response=told.Segment)
def get_segment(request: Caller, account_id: PathId, segment_id: PathId) -> Any:
    """One segment with what it means in words."""
    return saved_segment(may_read(request, account_id, "contacts.read"), account_id, segment_id)


@router.get(ONE + "/count", response=told.SegmentCount)
def get_segment_count(request: Caller, account_id: PathId, segment_id: PathId) -> Any:
    """How many contacts the segment selects now."""
    return count_segment(may_read(request, account_id, "contacts.read"), account_id, segment_id)


@router.patch(ONE, response=told.Segment)
def change_segment(request: Caller, account_id: PathId, segment_id: PathId, asked: told.SegmentChange) -> Any:
    """Gives a segment another condition; campaigns frozen before keep what they selected."""
    change(actor=request.auth, account_id=account_id, segment_id=segment_id, **asked.model_dump())
    return saved_segment(request.auth, account_id, segment_id)


@router.delete(ONE, response={204: None})
def archive_segment(request: Caller, account_id: PathId, segment_id: PathId, reason: Reason = None) -> Any:
    """Takes a segment out of use and frees its name."""
    archive(actor=request.auth, account_id=account_id, segment_id=segment_id, reason=reason)
