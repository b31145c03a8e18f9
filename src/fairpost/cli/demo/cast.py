"""The demo's installation: organisations, an account with two units, a joint sender, an identity with its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fairpost.kernel.actor import Actor
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_identity import create_identity
from fairpost.tenants.actions.create_joint_sender import Participation, create_joint_sender
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.notices import Allocation, NoticeTerms
from fairpost.tenants.queries.dkim_keys import identity_keys

ADDRESS = "12 Harbour Road, 10400 Lakeport, Arland"
PARTICIPANTS = (
    ("Lakeland National Committee", Fraction(1, 2)),
    ("Friends of Mira Holt", Fraction(3, 10)),
    ("Lakeland Assembly Fund", Fraction(1, 5)),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who sends: numbers of what was made, and the DNS record that the key needs, by its name."""

    account_id: int
    unit_id: int
    joint_sender_id: int
    identity_id: int
    domain: str
    records: dict[str, str]


def make_cast(actor: Actor, number: int) -> Cast:
    """Makes everything anew for the run with this number."""
    holder = create_organisation(
        actor=actor, account_id=None, name=f"{PARTICIPANTS[0][0]} {number}", postal_address=ADDRESS
    )
    account_id = create_account(actor=actor, holder_id=holder, slug=f"demo-{number}", name=f"Lakeland {number}")
    unit_id = create_unit(actor=actor, account_id=account_id, slug="fundraising", name="Fundraising")
    others = [
        create_organisation(actor=actor, account_id=account_id, name=name, postal_address=ADDRESS)
        for name, _share in PARTICIPANTS[1:]
    ]
    members = [holder, *others]
    joint = create_joint_sender(
        actor=actor,
        account_id=account_id,
        name="Lakeland Victory Fund",
        postal_address=ADDRESS,
        participants=[Participation(each, date(2026, 1, 1)) for each in members],
    )
    shares = [share for _name, share in PARTICIPANTS]
    terms = NoticeTerms(tuple(Allocation(each, share) for each, share in zip(members, shares, strict=True)))
    publish_notice(actor=actor, account_id=account_id, joint_sender_id=joint, terms=terms)
    identity_id = create_identity(
        actor=actor,
        account_id=account_id,
        unit_id=unit_id,
        joint_sender_id=joint,
        from_name="Mira Holt, Lakeland Victory Fund",
        from_address="mira@victory.lakeland.example",
        reply_to="answers@victory.lakeland.example",
    )
    # No DNS server publishes the record in a demo, so the key is activated without asking one.
    keys = [
        activate_dkim_key(actor=actor, account_id=account_id, key_id=each.id, force=True)
        for each in identity_keys(account_id, identity_id)
    ]
    return Cast(
        account_id, unit_id, joint, identity_id, "victory.lakeland.example",
        {each.record.name: each.record.value for each in keys},
    )  # fmt: skip
