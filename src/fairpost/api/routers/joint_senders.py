"""Joint senders: organisations made of others, and what they must tell donors."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page, whole
from fairpost.api.reading import may_read
from fairpost.api.schemas import joint_senders as told
from fairpost.api.schemas.fields import PathId
from fairpost.tenants import queries
from fairpost.tenants.actions.add_participant import add_participant as add
from fairpost.tenants.actions.create_joint_sender import Participation
from fairpost.tenants.actions.create_joint_sender import create_joint_sender as create
from fairpost.tenants.actions.end_participation import end_participation as end
from fairpost.tenants.actions.publish_notice import publish_notice as publish
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_limit, parse_share

router = Router()
ONE = "/accounts/{account_id}/joint-senders/{joint_sender_id}"


@router.get("/accounts/{account_id}/joint-senders", response=Page[told.JointSender])
def list_joint_senders(request: Caller, account_id: PathId, after: After = 0, limit: Limit = 100) -> Any:
    """The account's joint senders, by id."""
    may_read(request, account_id)
    return page(request, "after", limit, lambda most: queries.joint_senders(account_id, after=after, limit=most))


@router.post("/accounts/{account_id}/joint-senders", response={201: told.JointSender})
def create_joint_sender(request: Caller, account_id: PathId, asked: told.NewJointSender) -> Any:
    """Registers an organisation that is made of others."""
    participants = [Participation(**each.model_dump()) for each in asked.participants]
    given = asked.model_dump(exclude={"participants"})
    made = create(actor=request.auth, account_id=account_id, participants=participants, **given)
    return queries.joint_sender(account_id, made)


@router.get(ONE, response=told.JointSender)
def get_joint_sender(request: Caller, account_id: PathId, joint_sender_id: PathId) -> Any:
    """One joint sender with everyone who takes, took or will take part."""
    may_read(request, account_id)
    return queries.joint_sender(account_id, joint_sender_id)


@router.post(ONE + "/participants", response={201: told.JointSender})
def add_participant(
    request: Caller, account_id: PathId, joint_sender_id: PathId, asked: told.NewParticipation
) -> Any:
    """Lets an organisation take part; mail with a notice that does not name it stops being current."""
    add(actor=request.auth, account_id=account_id, joint_sender_id=joint_sender_id, **asked.model_dump())
    return queries.joint_sender(account_id, joint_sender_id)


@router.post(ONE + "/participants/{organisation_id}/end", response=told.JointSender)
def end_participation(
    request: Caller, account_id: PathId, joint_sender_id: PathId, organisation_id: PathId, asked: told.End
) -> Any:
    """Ends a participation; mail with a notice that still names it stops being current."""
    who = {"joint_sender_id": joint_sender_id, "organisation_id": organisation_id}
    end(actor=request.auth, account_id=account_id, **who, **asked.model_dump())
    return queries.joint_sender(account_id, joint_sender_id)


@router.get(ONE + "/notices", response=Page[told.Notice])
def list_notices(request: Caller, account_id: PathId, joint_sender_id: PathId) -> Any:
    """All versions of the notice to donors, the newest first."""
    may_read(request, account_id)
    return whole(queries.joint_notices(account_id, joint_sender_id))


@router.post(ONE + "/notices", response={201: told.Notice})
def publish_notice(request: Caller, account_id: PathId, joint_sender_id: PathId, asked: told.NewNotice) -> Any:
    """Publishes a new version; scheduled mail with the old one is blocked."""
    given = asked.model_dump(include={"valid_from", "reason"})
    place = {"account_id": account_id, "joint_sender_id": joint_sender_id}
    return publish(actor=request.auth, **place, terms=terms_of(asked), **given)


def terms_of(asked: told.NewNotice) -> NoticeTerms:
    allocations = tuple(
        Allocation(each.organisation_id, parse_share(each.share), parse_limit(each.limit) if each.limit else None)
        for each in asked.allocations
    )
    return NoticeTerms(allocations, asked.currency, asked.donor_may_designate, asked.formula_may_change)
