"""Names become ids: the lists and campaigns a condition names, and lists and segments named on a command line."""

from __future__ import annotations

from dataclasses import replace

from fairpost.contacts.behaviour import campaign_called
from fairpost.contacts.models import ContactList, Segment
from fairpost.contacts.scope import may_use
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.segments.tree import (
    And,
    Behaved,
    Campaigns,
    Condition,
    InList,
    LastCampaigns,
    NamedCampaign,
    Not,
    Or,
    Scope,
)


def resolve_names(actor: Actor, account_id: int, tree: Condition, unit_id: int | None = None) -> Condition:
    """The tree with the id of every list and campaign it names, its last campaigns being those of the unit.

    Raises `Invalid` for a list that the account has not, `NotFound` for a campaign.
    """
    match tree:
        case And(parts):
            return And(tuple(resolve_names(actor, account_id, part, unit_id) for part in parts))
        case Or(parts):
            return Or(tuple(resolve_names(actor, account_id, part, unit_id) for part in parts))
        case Not(part):
            return Not(resolve_names(actor, account_id, part, unit_id))
        case InList(name):
            found = named(ContactList, actor, account_id, name)
            if found is None:
                raise Invalid(_("There is no list {name!r} in this account.").format(name=name), field="condition")
            return InList(name, found)
        case Behaved():
            return replace(tree, scope=resolve_scope(actor, account_id, tree.scope, unit_id))
    return tree


def resolve_scope(actor: Actor, account_id: int, scope: Scope, unit_id: int | None) -> Scope:
    match scope:
        case Campaigns(given):
            names = [each.name for each in given]
            return Campaigns(tuple(NamedCampaign(each, campaign_called(actor, account_id, each)) for each in names))
        case LastCampaigns(count):
            return LastCampaigns(count, unit_id if unit_id is not None else actor.unit_id)
    return scope


def list_named(actor: Actor, account_id: int, text: str) -> int:
    """The id of a list given by name or number. Raises `NotFound`."""
    found = named(ContactList, actor, account_id, text)
    if found is None:
        raise NotFound(_("There is no list {name!r} in this account.").format(name=text))
    return found


def segment_named(actor: Actor, account_id: int, text: str) -> int:
    """The id of a segment given by name or number. Raises `NotFound`."""
    found = named(Segment, actor, account_id, text)
    if found is None:
        raise NotFound(_("There is no segment {name!r} in this account.").format(name=text))
    return found


def named(model: type[ContactList] | type[Segment], actor: Actor, account_id: int, text: str) -> int | None:
    rows = model.objects.filter(account_id=account_id, archived_at=None)
    found = rows.filter(name=text).first()
    if found is None and text.isascii() and text.isdigit() and len(text) < 10:
        found = rows.filter(id=int(text)).first()
    return found.id if found and may_use(actor, found.unit_id) else None
