"""How far a suppression reaches: one mailing list, a unit, a domain, an account, a joint sender, or everything here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from fairpost.contacts.scope import own_list
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.scope import own_joint_sender, own_unit

SHARED = ("installation", "joint_sender")
REACHES = (*SHARED, "domain", "account", "unit", "list")
NUMBERED = ("joint_sender", "unit", "list")


@dataclass(frozen=True, slots=True)
class Reach:
    """`kind` out of REACHES; `key` is '' for installation and account, the A-label for domain, else the id as text."""

    kind: str
    key: str = ""

    @property
    def shared(self) -> bool:
        return self.kind in SHARED


def read_reach(text: str) -> Reach:
    """Reads `account`, `installation`, `list:12`, `unit:3`, `joint_sender:4` or `domain:example.org`."""
    kind, _colon, key = text.strip().partition(":")
    if kind not in REACHES:
        raise Invalid(_("A suppression reaches one of {reaches}.").format(reaches=", ".join(REACHES)), field="reach")
    if kind in ("installation", "account"):
        if key:
            raise Invalid(_("Reach {kind} takes nothing after it.").format(kind=kind), field="reach")
        return Reach(kind)
    if kind in NUMBERED:
        if not re.fullmatch(r"[1-9][0-9]{0,8}", key, re.ASCII):
            raise Invalid(_("Reach {kind} needs a number, as in {kind}:12.").format(kind=kind), field="reach")
        return Reach(kind, key)
    return Reach(kind, domain_of(key))


def domain_of(text: str) -> str:
    try:
        return idna.encode(text.strip().rstrip("."), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise Invalid(_("{text!r} is no domain.").format(text=text[:100]), field="reach") from None


def authorise_reach(actor: Actor, account_id: int, reach: Reach, *, act: str) -> None:
    """Returns where the actor may suppress so far; whatever the reach names must be the account's own."""
    if reach.kind == "installation":
        authorise(actor, "suppression.write")
        return
    unit_id = int(reach.key) if reach.kind == "unit" else None
    if reach.kind == "list":
        # Before the list is looked up: an outsider must not learn whether the account has it.
        authorise(actor, "suppression.write", account_id=account_id, unit_id=actor.unit_id, act=act)
        unit_id = own_list(actor, account_id, int(reach.key)).unit_id or actor.unit_id
    authorise(actor, "suppression.write", account_id=account_id, unit_id=unit_id, act=act)
    if reach.kind == "unit":
        own_unit(account_id, int(reach.key))
    if reach.kind == "joint_sender":
        own_joint_sender(account_id, int(reach.key))
