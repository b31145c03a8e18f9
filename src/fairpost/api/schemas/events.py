"""Events of the record, as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairpost.api.schemas.fields import Told


class Event(Told):
    """One event; `actor` is a name as it is now, or a number where it was erased.

    `erased` says that a reason was given, or a user name kept, and is erased.
    """

    id: int
    at: datetime
    actor: str
    via: str
    act: str
    account_id: int | None
    subject: str
    reason: str | None
    facts: dict[str, Any]
    erased: bool
