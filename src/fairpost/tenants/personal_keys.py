"""A personal key is its person's own: nobody else makes it, and it never does more than the person may.

The administrator of the machine is the one exception, because the first person of an installation has no other way to
a key; the record says who made it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fairpost.kernel.actor import Actor, Via
from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.actors import is_local_operator, person_actor
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import ApiKey
from fairpost.tenants.scope import own_account, own_unit


def personal_actor(key: ApiKey, via: Via) -> Actor | None:
    """The key's person as actor, or None where the person holds no role there any more."""
    person_id: int = key.person_id
    try:
        person = person_actor(person_id, account_id=key.account_id, unit_id=key.unit_id, via=via)
    except NotFound:
        return None
    allowed = person.capabilities & set(key.capabilities) if key.capabilities else person.capabilities
    return replace(person, capabilities=allowed, api_key_id=key.id)


def check_own_key(actor: Actor, account_id: int | None, unit_id: int | None, person_id: int) -> Actor:
    """The person as the new key will act there. Raises `Forbidden` for another person's key."""
    authorise(actor, "account.read", account_id=account_id, unit_id=unit_id, act="api_key.create_own")
    if actor.person_id != person_id and not is_local_operator(actor):
        raise Forbidden(
            _("A personal key is made by its person alone."),
            hint=_("They make it with a key of theirs; the first one is made at the command line of the machine."),
        )
    if account_id is not None:
        own_account(account_id)
        if unit_id is not None:
            own_unit(account_id, unit_id)
    try:
        return person_actor(person_id, account_id=account_id, unit_id=unit_id)
    except NotFound:
        raise NotFound(_("The person holds no role there."), hint=_("Give them one first.")) from None


def limits(actor: Actor, wanted: Collection[str]) -> set[str]:
    """What the new key is limited to; a key with limits cannot make one without. Empty: all that the person may do."""
    if wanted or actor.api_key_id is None:
        return set(wanted)
    return set(ApiKey.objects.values_list("capabilities", flat=True).get(id=actor.api_key_id))
