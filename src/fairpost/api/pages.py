"""Lists come in pages by keyset: `limit` rows behind a cursor, and the address of the next page while there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel, Field

from fairpost.api.schemas.fields import HIGHEST

Item = TypeVar("Item")
MOST = 500

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
After = Annotated[int, Query(ge=0, le=HIGHEST, description="Cursor: those behind this id. Take it from `next`.")]
Before = Annotated[
    int | None, Query(ge=1, le=HIGHEST, description="Cursor: those older than this id. Take it from `next`.")
]


class Page(BaseModel, Generic[Item]):
    """One page. `next` is the address of the next one, null on the last."""

    items: list[Item]
    next: str | None = Field(None, description="Address of the next page (a path with query), null on the last.")


def page(
    request: HttpRequest, cursor: str, limit: int, rows: Callable[[int], Sequence[Any]], *, by: str = "id"
) -> dict[str, Any]:
    """The page that `rows(number)` gives, read one row further to see whether more follow.

    `cursor` is the query parameter that the next page puts the last row's `by` into.
    """
    found = list(rows(limit + 1))
    items = found[:limit]
    following = None
    if len(found) > limit:
        query = request.GET.copy()
        query[cursor] = str(getattr(items[-1], by))
        following = f"{request.path}?{query.urlencode()}"
    return {"items": items, "next": following}


def whole(rows: Sequence[Any]) -> dict[str, Any]:
    """What is few by nature (keys of an identity, relays) is one page."""
    return {"items": list(rows), "next": None}
