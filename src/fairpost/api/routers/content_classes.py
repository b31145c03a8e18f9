"""Content classes: named rules over plain facts of a mail, in versions."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import After, Limit, Page, page, whole
from fairpost.api.schemas import content_classes as told
from fairpost.api.schemas.fields import NOTHING, Because
from fairpost.enforcement.actions.create_content_class import create_content_class as create
from fairpost.enforcement.actions.install_starter_classes import install_starter_classes as install
from fairpost.enforcement.queries.class_trial import try_class
from fairpost.enforcement.queries.content_classes import content_class, content_classes
from fairpost.tenants.authorise import authorise

router = Router()
Name = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,59}$")]
LABEL = "^[a-z][a-z0-9-]{0,59}(@[1-9][0-9]{0,8})?$"
Label = Annotated[str, Path(pattern=LABEL, description="A name (its latest version), or name@version.")]


@router.get("/content-classes", response=Page[told.ContentClass])
def list_content_classes(request: Caller, after: After = 0, limit: Limit = 100) -> Any:
    """Every version of every class, by id."""
    authorise(request.auth, "enforcement.read")
    return page(request, "after", limit, lambda most: content_classes(after=after, limit=most))


@router.post("/content-classes/starter", response={201: Page[told.ContentClass]})
def install_starter_classes(request: Caller, asked: Because = NOTHING) -> Any:
    """Makes the classes that come with Fairpost; tells those that were not there yet."""
    return whole(install(actor=request.auth, reason=asked.reason))


@router.post("/content-classes/try", response=told.Trial)
def try_content_class(request: Caller, asked: told.TrialOf) -> Any:
    """Says whether a content version falls under a class, and by which words. Nothing is kept."""
    return try_class(request.auth, asked.content_class, asked.account_id, asked.content_version_id)


@router.get("/content-classes/{label}", response=told.ContentClass)
def get_content_class(request: Caller, label: Label) -> Any:
    """One version of a class with its rule."""
    authorise(request.auth, "enforcement.read")
    return content_class(label)


@router.post("/content-classes/{name}/versions", response={201: told.ContentClass})
def create_content_class(request: Caller, name: Name, asked: told.NewContentClass) -> Any:
    """Makes the next version of a class, or its first. Needs a personal key."""
    return create(actor=request.auth, name=name, **asked.model_dump())
