"""Relays, the pace of destinations, and the senders: all of the whole installation."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.schemas import relays as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.delivery.actions.abandon_sender import abandon_sender as abandon
from fairpost.delivery.actions.change_relay_queue import change_relay_queue as change_queue
from fairpost.delivery.actions.create_relay import create_relay as create
from fairpost.delivery.actions.resume_relay import resume_relay as resume
from fairpost.delivery.actions.resume_relay import stop_relay as stop
from fairpost.delivery.actions.set_destination_rate import set_destination_rate
from fairpost.delivery.queries.relays import relays
from fairpost.delivery.queries.senders import senders
from fairpost.tenants.authorise import authorise

router = Router()


@router.get("/relays", response=Page[told.Relay])
def list_relays(request: Caller) -> Any:
    """Every relay, and why it stands still where it does."""
    authorise(request.auth, "relay.manage")
    return whole(relays())


@router.post("/relays", response={201: told.Relay})
def create_relay(request: Caller, asked: told.NewRelay) -> Any:
    """Adds an SMTP server to send through. Its password is kept encrypted and never shown again."""
    return create(actor=request.auth, **asked.model_dump())


@router.post("/relays/{relay_id}/stop", response=told.Relay)
def stop_relay(request: Caller, relay_id: PathId, asked: Because = NOTHING) -> Any:
    """Takes a relay out of use; senders close their connections to it within seconds."""
    return stop(actor=request.auth, relay_id=relay_id, reason=asked.reason)


@router.post("/relays/{relay_id}/resume", response=told.Relay)
def resume_relay(request: Caller, relay_id: PathId, asked: told.Resume = told.AS_IT_IS) -> Any:
    """Puts a stopped relay back to work."""
    return resume(actor=request.auth, relay_id=relay_id, **asked.model_dump())


@router.put("/relays/{relay_id}/queue", response=told.Relay)
def change_relay_queue(request: Caller, relay_id: PathId, asked: told.QueueAccess) -> Any:
    """Says how Fairpost reaches what this relay still queues."""
    return change_queue(actor=request.auth, relay_id=relay_id, **asked.model_dump())


@router.put("/destinations/{destination}/pace", response={204: None})
def pace_destination(
    request: Caller, destination: Annotated[str, Path(min_length=1, max_length=253)], asked: told.Pace
) -> Any:
    """Limits how fast all senders together write to one mailbox provider or domain."""
    set_destination_rate(actor=request.auth, destination=destination, **asked.model_dump())


@router.get("/senders", response=Page[told.Sender])
def list_senders(request: Caller) -> Any:
    """Every sending process whose journal has not been folded to its end."""
    authorise(request.auth, "relay.manage")
    return whole(senders())


@router.post("/senders/{sender_id}/abandon", response=told.Abandoned)
def abandon_sender(request: Caller, sender_id: str, asked: told.Abandon) -> Any:
    """Gives up a sender whose machine, and with it its journal, will not come back."""
    return abandon(actor=request.auth, sender_id=sender_id, reason=asked.reason)
