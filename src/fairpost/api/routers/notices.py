"""Notices of an account and of the installation, and the contacts outside that get them too."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.reading import may_read
from fairpost.api.schemas import notices as told
from fairpost.api.schemas.fields import HIGHEST, NOTHING, Because, PathId, Reason
from fairpost.enforcement.actions.acknowledge_notice import acknowledge_notice, read_notice
from fairpost.enforcement.actions.invite_outside_contact import invite_outside_contact
from fairpost.enforcement.actions.resend_notice import release_notices, resend_notice
from fairpost.enforcement.queries import notices as queries
from fairpost.tenants.actions.remove_outside_contact import remove_outside_contact
from fairpost.tenants.queries import outside_contacts

router = Router()
OF_ACCOUNT = "/accounts/{account_id}/notices"
CONTACTS = "/accounts/{account_id}/outside-contacts"
Decision = Annotated[int | None, Query(ge=1, le=HIGHEST, description="Only this decision: 17 for D-17.")]
State = Annotated[
    Literal["queued", "withheld", "handed_over", "failed"] | None, Query(description="Only those in this state.")
]
MESSAGE: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The message as it was handed over (RFC 5322).",
            "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(OF_ACCOUNT, response=Page[told.NoticeRow])
def list_decision_notices(
    request: Caller,
    account_id: PathId,
    decision_id: Decision = None,
    state: State = None,
    before: Before = None,
    limit: Limit = 100,
) -> Any:
    """What the account was told, the newest first."""
    actor = may_read(request, account_id, "enforcement.read")
    return rows(request, actor, account_id, decision_id, state, before, limit)


@router.get(OF_ACCOUNT + "/{notice_id}", response=told.DecisionNotice)
def get_notice(request: Caller, account_id: PathId, notice_id: PathId) -> Any:
    """One notice word for word, with what became of it. That it was read is kept with it, the first time."""
    may_read(request, account_id, "enforcement.read")
    return read_notice(actor=request.auth, account_id=account_id, notice_id=notice_id)


@router.get(OF_ACCOUNT + "/{notice_id}/message", openapi_extra=MESSAGE, response={200: None})
def get_message(request: Caller, account_id: PathId, notice_id: PathId) -> Any:
    """The very message that was handed over, as evidence."""
    may_read(request, account_id, "enforcement.read")
    return message(queries.notice_message(request.auth, account_id, notice_id), notice_id)


@router.post(OF_ACCOUNT + "/{notice_id}/acknowledgement", response={204: None})
def acknowledge(request: Caller, account_id: PathId, notice_id: PathId, asked: Because = NOTHING) -> Any:
    """Says that the notice was read, which agrees to nothing."""
    acknowledge_notice(actor=request.auth, account_id=account_id, notice_id=notice_id, reason=asked.reason)


@router.get("/notices", response=Page[told.NoticeRow])
def list_all_notices(
    request: Caller,
    decision_id: Decision = None,
    state: State = None,
    before: Before = None,
    limit: Limit = 100,
) -> Any:
    """Every notice of the installation, the newest first."""
    return rows(request, request.auth, None, decision_id, state, before, limit)


@router.get("/notices/{notice_id}", response=told.DecisionNotice)
def get_any_notice(request: Caller, notice_id: PathId) -> Any:
    """One notice of whichever account."""
    return queries.notice(request.auth, None, notice_id)


@router.get("/notices/{notice_id}/message", openapi_extra=MESSAGE, response={200: None})
def get_any_message(request: Caller, notice_id: PathId) -> Any:
    """The very message that was handed over."""
    return message(queries.notice_message(request.auth, None, notice_id), notice_id)


@router.post("/notices/{notice_id}/resending", response={204: None})
def resend(request: Caller, notice_id: PathId, asked: Because = NOTHING) -> Any:
    """Posts a notice again, with the same words and the same Message-ID."""
    resend_notice(actor=request.auth, notice_id=notice_id, reason=asked.reason)


@router.post("/decisions/{decision_id}/notices/release", response=told.Released)
def release(request: Caller, decision_id: PathId, asked: told.NoticeRelease) -> Any:
    """Posts the decision's withheld notices now; a legal officer's act."""
    return {"notices": release_notices(actor=request.auth, decision_id=decision_id, reason=asked.reason)}


@router.get(CONTACTS, response=Page[told.OutsideContact])
def list_outside_contacts(request: Caller, account_id: PathId) -> Any:
    """Addresses outside the account that get its notices too, with those that have not confirmed."""
    may_read(request, account_id)
    return whole(outside_contacts(account_id, waiting=True))


@router.post(CONTACTS, response={201: told.OutsideContact})
def add_outside_contact(request: Caller, account_id: PathId, asked: told.NewOutsideContact) -> Any:
    """Asks an address to confirm; until then nothing else is sent there."""
    return invite_outside_contact(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.delete(CONTACTS + "/{contact_id}", response={204: None})
def delete_outside_contact(request: Caller, account_id: PathId, contact_id: PathId, reason: Reason = None) -> Any:
    """Sends no more notices there; what was sent stays on record."""
    remove_outside_contact(actor=request.auth, account_id=account_id, contact_id=contact_id, reason=reason)


def rows(
    request: Caller,
    actor: Any,
    account_id: int | None,
    decision_id: int | None,
    state: str | None,
    before: int | None,
    limit: int,
) -> Any:
    wanted = queries.Wanted(decision_id, state)
    return page(
        request, "before", limit, lambda most: queries.notices(actor, account_id, wanted, before=before, limit=most)
    )


def message(content: bytes, notice_id: int) -> HttpResponse:
    name = f'attachment; filename="N-{notice_id}.eml"'
    return HttpResponse(content, content_type="message/rfc822", headers={"Content-Disposition": name})
