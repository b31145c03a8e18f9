"""What the machine or one person stopped in a hurry, and the second look at it."""

from __future__ import annotations

from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import clearances as told
from fairpost.api.schemas.fields import PathId
from fairpost.enforcement.actions.confirm_brake import confirm_brake as confirm
from fairpost.enforcement.actions.take_interim_hold import take_interim_hold as hold
from fairpost.enforcement.actions.take_second_look import take_second_look as look
from fairpost.enforcement.drafts import draft_from_json
from fairpost.enforcement.queries.second_looks import second_looks

router = Router()


@router.get("/second-looks", response=Page[told.SecondLook])
def list_second_looks(request: Caller) -> Any:
    """Brakes and interim holds that nobody else has looked at yet, the oldest first."""
    return whole(second_looks(request.auth))


@router.post("/second-looks/{decision_id}", response=told.DecisionMade)
def take_second_look(request: Caller, decision_id: PathId, asked: told.NewLook) -> Any:
    """Keeps that a second person looked; to disagree lifts what is in force."""
    return look(actor=request.auth, decision_id=decision_id, agrees=asked.agrees, reason=asked.reason)


@router.post("/interim-holds", response={201: told.DecisionMade})
@outside_transaction(Repeat.ASK)
def take_interim_hold(request: Caller, asked: told.NewInterimHold) -> Any:
    """Holds mail alone because harm is imminent; once in a case."""
    return hold(actor=request.auth, **asked.model_dump()).decision


@router.post("/brakes/{decision_id}/confirm", response=told.DecisionMade)
@outside_transaction(Repeat.ASK)
def confirm_brake(request: Caller, decision_id: PathId, asked: told.Confirmation) -> Any:
    """Puts a person's decision in the place of a brake, which lapses otherwise."""
    draft = draft_from_json(asked.draft)
    return confirm(
        actor=request.auth, decision_id=decision_id, clauses=asked.clauses, draft=draft, reason=asked.reason
    )
