"""Who acts, with exactly the capabilities that their roles give them at this moment."""

from __future__ import annotations

import getpass

from django.db.models import Q

from fairpost.kernel.actor import Actor, Via
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.capabilities import CAPABILITIES, capabilities_of
from fairpost.tenants.models import Membership, Person


def local_operator() -> Actor:
    """The administrator of this machine at its command line: may do everything, as reader of the key ring."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user id without an entry
        name = "local"
    return Actor(name=name, via="cli", capabilities=frozenset(CAPABILITIES))


def is_local_operator(actor: Actor) -> bool:
    """Whether it is the administrator of this machine, by no key and as nobody else."""
    return actor.via == "cli" and actor.person_id is None and actor.api_key_id is None and actor.account_id is None


def person_actor(
    person_id: int, *, account_id: int | None = None, unit_id: int | None = None, via: Via = "web"
) -> Actor:
    """A person as actor in one account, in one unit of it, or (no account) over the installation.

    In an account, roles held there for the whole account and, with `unit_id`, in that unit count; so does
    nothing else. Raises `NotFound` where the person holds no role there. Without `unit_id`, a person who
    holds roles in exactly one unit and none in the whole account acts in that unit.
    """
    person = Person.objects.filter(id=person_id).first()
    held = Membership.objects.filter(person_id=person_id, account_id=account_id)
    wide = set(held.filter(unit=None).values_list("role", flat=True))
    if unit_id is None and not wide:
        units = set(held.values_list("unit_id", flat=True))
        unit_id = units.pop() if len(units) == 1 else None
    roles = set(held.filter(Q(unit=None) | Q(unit_id=unit_id)).values_list("role", flat=True))
    if person is None or not roles:
        raise NotFound(_("There is no such account."))
    return Actor(
        name=person.name,
        via=via,
        capabilities=capabilities_of(roles),
        account_id=account_id,
        unit_id=unit_id,
        person_id=person.id,
    )


def acting_person(actor: Actor) -> int:
    """The id of the person who acts, for acts that count hands. Raises `Forbidden` where no person does."""
    if actor.person_id is None:
        raise Forbidden(
            _("This act must be a person's own; {name} is none.").format(name=actor.name),
            hint=_(
                "Use a personal key: `fairpost account key create NAME --person ADDRESS` makes one; give it as"
                " FAIRPOST_API_KEY, or to the API as bearer token."
            ),
        )
    return actor.person_id
