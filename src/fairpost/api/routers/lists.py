"""Lists of contacts and their members."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.reading import may_read
from fairpost.api.schemas import lists as told
from fairpost.api.schemas.fields import PathId, Reason
from fairpost.contacts.actions.change_lists import archive_list as archive
from fairpost.contacts.actions.change_lists import create_list as create
from fairpost.contacts.actions.change_lists import publish_list as publish
from fairpost.contacts.actions.change_lists import rename_list as rename
from fairpost.contacts.actions.change_members import add_to_list, remove_from_list
from fairpost.contacts.queries.lists import lists_of, mailing_list

router = Router()
ALL = "/accounts/{account_id}/lists"
ONE = ALL + "/{list_id}"


@router.get(ALL, response=Page[told.MailingList])
def list_lists(request: Caller, account_id: PathId) -> Any:
    """The lists that the caller may use, by name."""
    return whole(lists_of(may_read(request, account_id, "contacts.read"), account_id))


@router.post(ALL, response={201: told.MailingList})
def create_list(request: Caller, account_id: PathId, asked: told.NewList) -> Any:
    """Creates a list."""
    made = create(actor=request.auth, account_id=account_id, **asked.model_dump())
    return mailing_list(request.auth, account_id, made)


@router.get(ONE, response=told.MailingList)
def get_list(request: Caller, account_id: PathId, list_id: PathId) -> Any:
    """One list and how many members it has."""
    return mailing_list(may_read(request, account_id, "contacts.read"), account_id, list_id)


@router.patch(ONE, response=told.MailingList)
def rename_list(request: Caller, account_id: PathId, list_id: PathId, asked: told.Rename) -> Any:
    """Gives a list another name; segments that use it keep using it."""
    rename(actor=request.auth, account_id=account_id, list_id=list_id, **asked.model_dump())
    return mailing_list(request.auth, account_id, list_id)


@router.post(ONE + "/publish", response=told.MailingList)
def publish_list(request: Caller, account_id: PathId, list_id: PathId, asked: told.Publish) -> Any:
    """Lets contacts join by themselves, under this title; an empty one makes the list internal again."""
    publish(actor=request.auth, account_id=account_id, list_id=list_id, **asked.model_dump())
    return mailing_list(request.auth, account_id, list_id)


@router.delete(ONE, response={204: None})
def archive_list(request: Caller, account_id: PathId, list_id: PathId, reason: Reason = None) -> Any:
    """Takes a list out of use; it stays on record and its name is free again."""
    archive(actor=request.auth, account_id=account_id, list_id=list_id, reason=reason)


@router.post(ONE + "/members", response=told.MembersChanged)
def add_members(request: Caller, account_id: PathId, list_id: PathId, asked: told.Members) -> Any:
    """Lets contacts join, by their addresses; those that are no contacts yet come by an import."""
    return add_to_list(actor=request.auth, account_id=account_id, list_id=list_id, **asked.model_dump())


@router.post(ONE + "/members/remove", response=told.MembersChanged)
def remove_members(request: Caller, account_id: PathId, list_id: PathId, asked: told.Members) -> Any:
    """Lets contacts leave. It is no suppression: an import may add them again."""
    return remove_from_list(actor=request.auth, account_id=account_id, list_id=list_id, **asked.model_dump())
