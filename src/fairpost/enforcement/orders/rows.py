"""An order's row, and its state at one time from the acts on it."""

from __future__ import annotations

from datetime import datetime

from fairpost.enforcement.models import LegalOrder
from fairpost.enforcement.naming import label
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.text import _

OPEN, STAYED, CLOSED = "open", "stayed", "closed"


def order_row(order_id: int, *, lock: bool = False) -> LegalOrder:
    """Raises NotFound. With `lock`, acts on the order take turns until the end of the transaction."""
    rows = LegalOrder.objects.select_for_update() if lock else LegalOrder.objects.all()
    row = rows.filter(pk=order_id).first()
    if row is None:
        raise NotFound(_("There is no order {order}.").format(order=label("order", order_id)))
    return row


def order_state(row: LegalOrder, now: datetime) -> str:
    """open, stayed (until a date or until the stay is ended) or closed."""
    state = OPEN
    for each in sorted(row.acts.all(), key=lambda act: act.pk):
        if each.at > now:
            break
        if each.act == "closed":
            state = CLOSED
        elif each.act == "stay_ended":
            state = OPEN
        elif each.act == "stayed":
            state = STAYED if each.until is None or each.until > now else OPEN
    return state


def unless_closed(row: LegalOrder, now: datetime) -> str:
    """The state of an order on which something can still be done. Raises Conflict."""
    state = order_state(row, now)
    if state == CLOSED:
        raise Conflict(
            _("Order {order} is closed.").format(order=label("order", row.pk)),
            hint=_("Register what was served since as an order of its own."),
        )
    return state
