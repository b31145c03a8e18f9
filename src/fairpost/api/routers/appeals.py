"""Appeals: of an account against decisions that concern it, and their review by people of the installation."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.repeat import Repeat, outside_transaction
from fairpost.api.schemas import appeals as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.enforcement.actions.assign_appeal import assign_appeal as assign
from fairpost.enforcement.actions.assign_appeal import begin_review as begin
from fairpost.enforcement.actions.decide_appeal import decide_appeal as decide
from fairpost.enforcement.actions.file_appeal import file_appeal as file
from fairpost.enforcement.actions.find_inadmissible import find_inadmissible as inadmissible
from fairpost.enforcement.actions.request_information import answer_information, go_on_without_answer
from fairpost.enforcement.actions.request_information import request_information as ask
from fairpost.enforcement.actions.stay_measure import end_stay as end
from fairpost.enforcement.actions.stay_measure import refuse_stay as refuse
from fairpost.enforcement.actions.stay_measure import stay_measure
from fairpost.enforcement.actions.withdraw_appeal import withdraw_appeal as withdraw
from fairpost.enforcement.appeals.reading import ruling_from_json
from fairpost.enforcement.queries import appeals as queries
from fairpost.enforcement.queries.strikes import strikes

router = Router()
OWN = "/accounts/{account_id}/appeals"
ALL = "/appeals"
ONE = ALL + "/{appeal_id}"
Overdue = Annotated[bool, Query(description="Only those that somebody should have touched or decided by now.")]
State = Annotated[str, Query(max_length=20, description="Only those in this state.")]


@router.get(OWN, response=Page[told.Appeal])
def list_appeals(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 50) -> Any:
    """The account's appeals, the newest first."""
    rows = lambda most: queries.appeals(request.auth, account_id=account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post(OWN, response={201: told.FiledAppeal})
def file_appeal(request: Caller, account_id: PathId, asked: told.NewAppeal) -> Any:
    """Appeals against a decision. Nothing that is in force changes by it."""
    return file(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.get(OWN + "/{appeal_id}", response=told.Appeal)
def get_appeal(request: Caller, account_id: PathId, appeal_id: PathId) -> Any:
    """One appeal of the account."""
    return queries.appeal(request.auth, appeal_id, account_id)


@router.get(OWN + "/{appeal_id}/texts", response=Page[told.AppealText])
def list_appeal_texts(request: Caller, account_id: PathId, appeal_id: PathId) -> Any:
    """What was written in an appeal of the account."""
    return whole(queries.appeal_texts(request.auth, appeal_id, account_id))


@router.post(OWN + "/{appeal_id}/answer", response=told.Appeal)
def answer_appeal(request: Caller, account_id: PathId, appeal_id: PathId, asked: told.Answer) -> Any:
    """Answers what the reviewer asked."""
    return answer_information(
        actor=request.auth, account_id=account_id, appeal_id=appeal_id, answer=asked.answer
    )


@router.post(OWN + "/{appeal_id}/withdraw", response=told.Appeal)
@outside_transaction(Repeat.AGAIN)
def withdraw_appeal(request: Caller, account_id: PathId, appeal_id: PathId, asked: Because = NOTHING) -> Any:
    """Takes an appeal back, as long as nobody has decided it."""
    return withdraw(actor=request.auth, account_id=account_id, appeal_id=appeal_id, reason=asked.reason)


@router.get("/accounts/{account_id}/strikes", response=Page[told.Strike])
def list_strikes(request: Caller, account_id: PathId) -> Any:
    """The strikes of the organisation that holds the account."""
    return whole(strikes(request.auth, account_id))


@router.get(ALL, response=Page[told.Appeal])
def list_all_appeals(
    request: Caller, state: State = "", overdue: Overdue = False, before: Before = None, limit: Limit = 50
) -> Any:
    """The appeals of all accounts, the newest first; overdue ones by when they were due, in one page."""
    if overdue:
        return whole(queries.appeals(request.auth, state=state, overdue=True, limit=limit))
    rows = lambda most: queries.appeals(request.auth, state=state, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.get(ONE, response=told.Appeal)
def get_any_appeal(request: Caller, appeal_id: PathId) -> Any:
    """One appeal."""
    return queries.appeal(request.auth, appeal_id)


@router.get(ONE + "/texts", response=Page[told.AppealText])
def list_any_appeal_texts(request: Caller, appeal_id: PathId) -> Any:
    """What was written in an appeal. That a person of the installation read it goes on record."""
    return whole(queries.appeal_texts(request.auth, appeal_id))


@router.post(ONE + "/assign", response=told.Appeal)
def assign_appeal(request: Caller, appeal_id: PathId, asked: told.Assignment) -> Any:
    """Takes an appeal or gives it to a reviewer; never to who proposed or approved the decision."""
    return assign(actor=request.auth, appeal_id=appeal_id, reviewer_id=asked.reviewer_id, reason=asked.reason)


@router.post(ONE + "/begin-review", response=told.Appeal)
def begin_review(request: Caller, appeal_id: PathId) -> Any:
    """Begins the review of an appeal that is assigned to the caller."""
    return begin(actor=request.auth, appeal_id=appeal_id)


@router.post(ONE + "/ask", response=told.Appeal)
def request_information(request: Caller, appeal_id: PathId, asked: told.Question) -> Any:
    """Asks the party something; the clock of the decision stands still meanwhile."""
    return ask(actor=request.auth, appeal_id=appeal_id, question=asked.question, answer_by=asked.answer_by)


@router.post(ONE + "/go-on", response=told.Appeal)
def go_on(request: Caller, appeal_id: PathId, asked: Because = NOTHING) -> Any:
    """Goes on without the answer, once its time is over."""
    return go_on_without_answer(actor=request.auth, appeal_id=appeal_id, reason=asked.reason)


@router.post(ONE + "/inadmissible", response=told.Appeal)
@outside_transaction(Repeat.AGAIN)
def find_inadmissible(request: Caller, appeal_id: PathId, asked: told.Reasoned) -> Any:
    """Finds that an appeal cannot be heard, before its review begins."""
    return inadmissible(actor=request.auth, appeal_id=appeal_id, reason=asked.reason)


@router.post(ONE + "/stay", response=told.Appeal)
def grant_stay(request: Caller, appeal_id: PathId, asked: told.NewStay) -> Any:
    """Stays a measure while the appeal is reviewed, in whole or in part."""
    return stay_measure(actor=request.auth, appeal_id=appeal_id, **asked.model_dump())


@router.post(ONE + "/refuse-stay", response=told.Appeal)
def refuse_stay(request: Caller, appeal_id: PathId, asked: told.NoStay) -> Any:
    """Refuses the stay that was asked for."""
    return refuse(actor=request.auth, appeal_id=appeal_id, **asked.model_dump())


@router.post(ONE + "/end-stay", response=told.Appeal)
@outside_transaction(Repeat.AGAIN)
def end_stay(request: Caller, appeal_id: PathId, asked: told.EndOfStay) -> Any:
    """Ends a stay; when this returns, the measure stops mail again."""
    return end(actor=request.auth, appeal_id=appeal_id, **asked.model_dump())


@router.post(ONE + "/decide", response=told.DecidedAppeal)
@outside_transaction(Repeat.ASK)
def decide_appeal(request: Caller, appeal_id: PathId, asked: told.Rulings) -> Any:
    """Rules on every measure of the appeal; when this returns, what was overturned has no force."""
    rulings = [ruling_from_json(each.model_dump(), f"rulings.{n}") for n, each in enumerate(asked.rulings)]
    return decide(actor=request.auth, appeal_id=appeal_id, rulings=rulings)
