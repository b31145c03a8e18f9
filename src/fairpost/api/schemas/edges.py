"""Edges, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictStr

from fairpost.api.schemas.fields import Asked, Told


class Edge(Told):
    """One edge. While one is `silent` and not declared lost, senders lease nothing."""

    edge_id: str
    host: str
    started_at: datetime
    seen_at: datetime
    silent: bool
    lost_at: datetime | None
    lost_by: str
    lost_reason: str


class Lost(Asked):
    """Why it will not come back."""

    reason: Annotated[StrictStr, Field(min_length=1, max_length=1000)]
