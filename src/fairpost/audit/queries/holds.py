"""Which legal holds there are, and what they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.audit.models import LegalHold
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class Hold:
    """`items` are noun:id; `released_at` None: in force."""

    id: int
    name: str
    legal_basis: str
    reason: str
    items: tuple[str, ...]
    placed_at: datetime
    released_at: datetime | None


def legal_holds(after: int = 0, limit: int = 100) -> list[Hold]:
    """Those with a higher id than `after`, released ones too."""
    rows = LegalHold.objects.filter(id__gt=after).order_by("id").prefetch_related("items")[:limit]
    return [hold_of(row) for row in rows]


def legal_hold(hold_id: int) -> Hold:
    """Raises NotFound."""
    row = LegalHold.objects.filter(id=hold_id).prefetch_related("items").first()
    if row is None:
        raise NotFound(_("There is no legal hold {id}.").format(id=hold_id))
    return hold_of(row)


def holds_on(item: str) -> list[Hold]:
    """The holds in force that name this subject or record."""
    rows = LegalHold.objects.filter(released_at=None, items__item=item).order_by("id").prefetch_related("items")
    return [hold_of(row) for row in rows]


def hold_of(row: LegalHold) -> Hold:
    items = tuple(sorted(each.item for each in row.items.all()))
    return Hold(row.pk, row.name, row.legal_basis, row.reason, items, row.placed_at, row.released_at)
