"""Clauses of the policy. Every caller reads them; the same stands on the public pages under /policy."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Page, whole
from fairpost.api.schemas import policies as told
from fairpost.api.schemas.fields import HIGHEST, NOTHING, Because, Moment
from fairpost.enforcement.actions.install_starter_policy import install_starter_policy as install
from fairpost.enforcement.actions.publish_clause import publish_clause as publish
from fairpost.enforcement.queries import policies

router = Router()
Code = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,59}$")]
Version = Annotated[int, Path(ge=1, le=HIGHEST)]
At = Annotated[Moment | None, Query(description="As the policy holds at this time; default: now.")]


@router.get("/policies", response=Page[told.Clause])
def list_clauses(request: Caller, at: At = None) -> Any:
    """The clauses in force, by code."""
    return whole(policies.clauses(at))


@router.post("/policies/starter", response={201: Page[told.Clause]})
def install_starter_policy(request: Caller, asked: Because = NOTHING) -> Any:
    """Publishes the neutral starter policy; tells the clauses that were not there yet."""
    return whole(install(actor=request.auth, reason=asked.reason))


@router.get("/policies/{code}", response=Page[told.Clause])
def list_clause_versions(request: Caller, code: Code) -> Any:
    """Every version of one clause, the newest first, those to come too."""
    return whole(policies.versions(code))


@router.post("/policies/{code}/versions", response={201: told.Clause})
def publish_clause(request: Caller, code: Code, asked: told.NewClause) -> Any:
    """Publishes the next version of a clause. Needs a personal key."""
    return publish(actor=request.auth, code=code, **asked.model_dump())


@router.get("/policies/{code}/versions/{version}", response=told.Clause)
def get_clause(request: Caller, code: Code, version: Version) -> Any:
    """One version, in force or not."""
    return policies.clause(code, version)
