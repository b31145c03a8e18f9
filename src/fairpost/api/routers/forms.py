"""Sign-up forms, consent texts, the ledger of consent, and a person's own copy and erasure."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Before, Limit, Page, page, whole
from fairpost.api.reading import may_read
from fairpost.api.schemas import forms as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.contacts.actions.change_forms import close_form as close
from fairpost.contacts.actions.change_forms import create_form as create
from fairpost.contacts.actions.erase_contact import erase_contact as erase
from fairpost.contacts.actions.export_dossier import export_dossier as export
from fairpost.contacts.actions.publish_consent_text import publish_consent_text as publish
from fairpost.contacts.queries import forms as queries
from fairpost.contacts.queries.consent import consent_of
from fairpost.contacts.queries.consent_texts import consent_texts

router = Router()
ALL = "/accounts/{account_id}/forms"
TEXTS = "/accounts/{account_id}/consent-texts"
ONE_CONTACT = "/accounts/{account_id}/contacts"
Whose = Annotated[str, Query(max_length=320)]


@router.get(ALL, response=Page[told.SignupForm])
def list_forms(request: Caller, account_id: PathId, after: After = 0, limit: Limit = 100) -> Any:
    """Sign-up forms, by id; closed ones too."""
    actor = may_read(request, account_id, "contacts.read")
    return page(request, "after", limit, lambda most: queries.forms(actor, account_id, after=after, limit=most))


@router.post(ALL, response={201: told.SignupForm})
def create_form(request: Caller, account_id: PathId, asked: told.NewForm) -> Any:
    """Creates a form. What it takes is confirmed by mail before anybody becomes a contact."""
    return create(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.get(ALL + "/{form_id}", response=told.SignupForm)
def get_form(request: Caller, account_id: PathId, form_id: PathId) -> Any:
    """One form."""
    return queries.form(may_read(request, account_id, "contacts.read"), account_id, form_id)


@router.post(ALL + "/{form_id}/close", response=told.SignupForm)
def close_form(request: Caller, account_id: PathId, form_id: PathId, asked: Because = NOTHING) -> Any:
    """Takes nothing more by this form; what waits can no longer be confirmed."""
    return close(actor=request.auth, account_id=account_id, form_id=form_id, reason=asked.reason)


@router.get(TEXTS, response=Page[told.ConsentText])
def list_consent_texts(request: Caller, account_id: PathId) -> Any:
    """All versions of all texts that people were shown."""
    may_read(request, account_id, "contacts.read")
    return whole(consent_texts(account_id))


@router.post(TEXTS, response={201: told.ConsentText})
def publish_consent_text(request: Caller, account_id: PathId, asked: told.NewConsentText) -> Any:
    """Publishes a new version; the old ones stay as they were shown."""
    return publish(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.get(ONE_CONTACT + "/consent", response=Page[told.ConsentLine])
def list_consent(
    request: Caller, account_id: PathId, address: Whose, before: Before = None, limit: Limit = 100
) -> Any:
    """What an address agreed to and took back, the newest line first."""
    may_read(request, account_id, "contacts.read")
    return page(request, "before", limit, lambda most: consent_of(account_id, address, before, most))


@router.get(ONE_CONTACT + "/dossier", response=told.Dossier)
def get_dossier(request: Caller, account_id: PathId, address: Whose) -> Any:
    """Everything that is held on an address, for the person it belongs to (GDPR, articles 15 and 20). On record."""
    found = export(actor=request.auth, account_id=account_id, address=address)
    return {**{key: found.pop(key) for key in ("address", "account", "at")}, "held": found}


@router.post(ONE_CONTACT + "/erase", response=told.Erased)
def erase_contact(request: Caller, account_id: PathId, asked: told.Erase) -> Any:
    """Erases everything that is held on an address; a keyed hash keeps it away (GDPR, article 17)."""
    return erase(actor=request.auth, account_id=account_id, address=asked.address, reason=asked.reason)
