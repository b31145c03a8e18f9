"""What segments must know of campaigns and of what came back, without knowing them: the layers above implement it.

`events` and `campaigns` give their implementations when Django is set up; nothing here imports them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from pyroaring import BitMap

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.segments.tree import Behaved

Span = tuple[int, int]  # ordinals from the first to before the second
# (connection, account, what they did, the day that relative days count from, part of the ordinals or None for all)
LookUp = Callable[[Connection[Any], int, Sequence[Behaved], date, Span | None], list[BitMap]]
# (actor, account, name) -> the number of a campaign that the actor may see; raises NotFound.
FindCampaign = Callable[[Actor, int, str], int]

_look_up: LookUp | None = None
_find_campaign: FindCampaign | None = None


def set_look_up(function: LookUp) -> None:
    """For `events`, once."""
    global _look_up
    _look_up = function


def set_find_campaign(function: FindCampaign) -> None:
    """For `campaigns`, once."""
    global _find_campaign
    _find_campaign = function


def who_did(
    connection: Connection[Any], account_id: int, deeds: Sequence[Behaved], today: date, span: Span | None = None
) -> dict[Behaved, BitMap]:
    """The ordinals that did each of these, among them perhaps some of contacts that are gone.

    With `span` at least those within it.
    """
    if not deeds:
        return {}
    if _look_up is None:
        raise Unavailable(_("What contacts did cannot be looked up here."))
    return dict(zip(deeds, _look_up(connection, account_id, deeds, today, span), strict=True))


def campaign_called(actor: Actor, account_id: int, name: str) -> int:
    """The number of the campaign of this name. Raises `NotFound` for one that the actor may not see."""
    if _find_campaign is None:
        raise Unavailable(_("Campaigns cannot be looked up here."))
    return _find_campaign(actor, account_id, name)
