"""One rule that a statement breaks, said so that its writer can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is a short stable name; `field` is empty where it concerns the statement, or the bulk, as a whole.

    `index` counts from 0 in a bulk and is None for a single statement.
    """

    field: str
    rule: str
    message: str
    index: int | None = None
