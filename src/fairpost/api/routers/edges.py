"""Edges take opens, clicks and unsubscribes for the whole installation."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.schemas import edges as told
from fairpost.delivery.actions.declare_edge_lost import declare_edge_lost as declare_lost
from fairpost.delivery.queries.edges import edges
from fairpost.tenants.authorise import authorise

router = Router()
EdgeId = Annotated[str, Path(min_length=1, max_length=40)]


@router.get("/edges", response=Page[told.Edge])
def list_edges(request: Caller) -> Any:
    """Every edge that has registered and not ended, and whether it is silent."""
    authorise(request.auth, "relay.manage")
    return whole(edges())


@router.post("/edges/{edge_id}/lost", response={204: None})
def declare_edge_lost(request: Caller, edge_id: EdgeId, asked: told.Lost) -> Any:
    """Declares an edge lost, on record: senders wait no longer for what it may have taken alone."""
    declare_lost(actor=request.auth, edge_id=edge_id, reason=asked.reason)
    return 204, None
