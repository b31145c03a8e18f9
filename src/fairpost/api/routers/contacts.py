"""Contacts and suppressions of an account."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from fairpost.api.authentication import Caller
from fairpost.api.files import CSV, written_csv
from fairpost.api.pages import Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.schemas import contacts as told
from fairpost.api.schemas.fields import HIGHEST, PathId, Reason
from fairpost.api.uploads import kept_upload
from fairpost.contacts.actions.export_contacts import export_contacts as export
from fairpost.contacts.actions.import_suppressions import import_suppressions as take_in
from fairpost.contacts.actions.lift_suppression import lift_suppression as lift
from fairpost.contacts.actions.suppress_addresses import suppress_addresses as suppress
from fairpost.contacts.queries.contacts import count_contacts as count
from fairpost.contacts.queries.contacts import show_contact
from fairpost.contacts.queries.segments import count_text
from fairpost.contacts.queries.suppressed import suppressed_addresses

router = Router()
Which = Annotated[int | None, Query(ge=1, le=HIGHEST)]


@router.get("/accounts/{account_id}/contacts/count", response=told.ContactCount)
def count_contacts(
    request: Caller, account_id: PathId, where: Annotated[str, Query(max_length=10_000)] = ""
) -> Any:
    """How many contacts there are, or for how many a condition holds (`country = "IT"`)."""
    actor = may_read(request, account_id, "contacts.read")
    return asdict(count_text(actor, account_id, where)) if where else {"contacts": count(account_id)}


@router.get("/accounts/{account_id}/contacts/lookup", response=told.Contact)
def get_contact(request: Caller, account_id: PathId, address: Annotated[str, Query(max_length=320)]) -> Any:
    """Everything known of one address: attributes, lists, and what keeps it from being mailed."""
    return show_contact(may_read(request, account_id, "contacts.read"), account_id, address)


@router.get("/accounts/{account_id}/contacts/export", openapi_extra={"responses": {200: CSV}})
def export_contacts(
    request: Caller, account_id: PathId, list_id: Which = None, segment_id: Which = None, reason: Reason = None
) -> Any:
    """All contacts, or those of a list or segment, as CSV in UTF-8. The export is on record."""
    actor = may_read(request, account_id, "contacts.export")
    which = {"account_id": account_id, "list_id": list_id, "segment_id": segment_id}
    return written_csv("contacts.csv", lambda out: export(actor=actor, out=out, reason=reason, **which))


@router.get("/accounts/{account_id}/suppressions", response=Page[told.SuppressedAddress])
def list_suppressions(
    request: Caller, account_id: PathId, after: Annotated[str, Query(max_length=320)] = "", limit: Limit = 100
) -> Any:
    """Suppressed addresses, in order of addresses; `after` is the last address of the page before."""
    may_read(request, account_id, "contacts.read")
    return page(request, "after", limit, lambda most: suppressed_addresses(account_id, after, most), by="place")


@router.post("/accounts/{account_id}/suppressions", response=told.Suppressed)
def suppress_addresses(request: Caller, account_id: PathId, asked: told.NewSuppressions) -> Any:
    """Never mail these addresses again within a reach: all of them, or none where one is no address."""
    return suppress(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.post("/accounts/{account_id}/suppressions/lift", response={204: None})
def lift_suppression(request: Caller, account_id: PathId, asked: told.Lift) -> Any:
    """Lifts one suppression of one address; the reason stays on record."""
    lift(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.post("/accounts/{account_id}/suppressions/import", response=told.SuppressedFile)
def import_suppressions(
    request: Caller,
    account_id: PathId,
    file: Annotated[UploadedFile, File()],
    reason: Annotated[told.Why, Form()],
    reach: Annotated[told.Reach, Form()] = "account",
) -> Any:
    """Suppresses every address of a CSV or plain file, in one transaction."""
    with kept_upload(file) as path:
        found = take_in(actor=request.auth, account_id=account_id, path=path, reach=reach, reason=reason)
        path.unlink()
    rejects = [dict(zip(("line", "value", "reason"), each, strict=True)) for each in found.rejects]
    return {**asdict(found), "rejects": rejects}
