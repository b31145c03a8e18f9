"""Orders of courts and authorities; for legal officers, each with a personal key."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.schemas import register as told
from fairpost.api.schemas.fields import PathId
from fairpost.enforcement.actions.act_on_order import answer_order, close_order, end_order_stay, stay_order
from fairpost.enforcement.actions.register_order import register_order
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries import orders as queries
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

router = Router()
ONE = "/orders/{order_id}"
Closed = Annotated[bool, Query(description="Closed ones too.")]
MOST = 500
PLAIN = {"stay_ended": end_order_stay, "closed": close_order}


@router.get("/orders", response=Page[told.OrderLine])
def list_orders(request: Caller, closed: Closed = False) -> Any:
    """Orders by deadline."""
    return whole(queries.orders(request.auth, closed=closed, limit=MOST))


@router.post("/orders", response={201: told.OrderLine})
def create_order(request: Caller, asked: told.NewOrder) -> Any:
    """Registers an order as it was served."""
    number = register_order(actor=request.auth, **asked.model_dump())
    found = queries.orders(request.auth, closed=True, after=number - 1)
    return 201, next(each for each in found if number_of("order", each.id) == number)


@router.get(ONE, response=told.Order)
def get_order(request: Caller, order_id: PathId) -> Any:
    """One order in clear; that it was opened goes on record."""
    return queries.order(request.auth, order_id)


@router.post(ONE + "/acts", response={204: None})
def act_on_order(request: Caller, order_id: PathId, asked: told.NewOrderAct) -> Any:
    """Keeps what was done about an order."""
    keep_act(request.auth, order_id, asked)
    return 204, None


def keep_act(actor: Actor, order_id: int, asked: told.NewOrderAct) -> None:
    """Each act has an action of its own, and only an answer and a stay take more than what was done."""
    if asked.decision_id is not None and asked.act != "answered":
        raise Invalid(_("Only an answer names a decision."), field="decision_id")
    if asked.until is not None and asked.act != "stayed":
        raise Invalid(_("Only a stay has an end."), field="until")
    given = {"actor": actor, "order_id": order_id, "what": asked.what}
    if asked.act == "answered":
        answer_order(**given, decision_id=asked.decision_id)
    elif asked.act == "stayed":
        stay_order(**given, until=asked.until)
    else:
        PLAIN[asked.act](**given)
