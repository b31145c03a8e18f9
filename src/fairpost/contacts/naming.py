"""Names become ids: the lists a condition names, and lists and segments named on a command line."""

from __future__ import annotations

from fairpost.contacts.models import ContactList, Segment
from fairpost.contacts.scope import may_use
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.segments.tree import And, Condition, InList, Not, Or


def resolve_lists(actor: Actor, account_id: int, tree: Condition) -> Condition:
    """The tree with the id of every list it names. Raises `Invalid` for a list that the account has not."""
    match tree:
        case And(parts):
            return And(tuple(resolve_lists(actor, account_id, part) for part in parts))
        case Or(parts):
            return Or(tuple(resolve_lists(actor, account_id, part) for part in parts))
        case Not(part):
            return Not(resolve_lists(actor, account_id, part))
        case InList(name):
            found = named(ContactList, actor, account_id, name)
            if found is None:
                raise Invalid(_("There is no list {name!r} in this account.").format(name=name), field="condition")
            return InList(name, found)
    return tree


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
