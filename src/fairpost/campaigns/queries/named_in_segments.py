"""A condition over what contacts did names campaigns as people know them, and never a test: its recipients are none."""

from __future__ import annotations

from fairpost.campaigns.queries.campaigns import campaign_by_name, campaign_row
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


def campaign_in_segment(actor: Actor, account_id: int, name: str) -> int:
    """The number of the campaign of this name, or with this number. Raises `NotFound`, `Forbidden`."""
    number = campaign_by_name(actor, account_id, name)
    if campaign_row(actor, account_id, number).test_of_id is not None:
        raise NotFound(_("The campaign {campaign} is a test: contacts get none of it.").format(campaign=repr(name)))
    return number
