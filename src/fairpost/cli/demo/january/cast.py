"""Who takes part: a committee's account, a joint sender of three, a participant's account, and those who enforce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.save_content_version import save_content_version
from fairpost.enforcement.actions.install_starter_classes import install_starter_classes
from fairpost.enforcement.actions.install_starter_policy import install_starter_policy
from fairpost.kernel.actor import Actor
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_identity import create_identity
from fairpost.tenants.actions.create_joint_sender import Participation, create_joint_sender
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actions.identify_organisation import identify_organisation
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.actors import person_actor
from fairpost.tenants.notices import Allocation, NoticeTerms
from fairpost.tenants.queries.accounts import account
from fairpost.tenants.queries.joint_senders import joint_sender

ADDRESS = "12 Harbour Road, 10400 Lakeport, Arland"
COMMITTEE, CANDIDATE, FUND = "Lakeland National Committee", "Friends of Mira Holt", "Lakeland Assembly Fund"
JOINT = "Lakeland Victory Fund"
SHARES = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))


@dataclass(slots=True)
class Account:
    """One account as it sends: who owns it, its identities by what they send for, and the domain that it has."""

    number: int
    owner: Actor
    identities: dict[str, int]
    place: str

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.owner, "account_id": self.number}

    def content(self, name: str, identity: str, subject: str, html: str) -> int:
        """A content version of a new template."""
        made = create_template(**self.who, name=name, subject=subject, html=html)
        return save_content_version(**self.who, template_id=made.id, identity_id=self.identities[identity]).id


@dataclass(frozen=True, slots=True)
class Cast:
    """`staff` are the people of the installation by role."""

    committee: Account
    candidate: Account
    joint_sender_id: int
    joint_organisation_id: int
    staff: dict[str, Actor]


def make_cast(operator: Actor, number: int) -> Cast:
    """Makes everybody anew for the run with this number."""
    install_starter_policy(actor=operator)
    install_starter_classes(actor=operator)
    committee = make_account(operator, f"committee-{number}", COMMITTEE, "Ada", "en")
    candidate = make_account(operator, f"holt-{number}", CANDIDATE, "Elena", "it")
    joint = make_joint_sender(operator, committee, candidate)
    organisation = joint_sender(committee.number, joint).organisation_id
    committee.identities["joint"] = identity(committee, f"Mira Holt, {JOINT}", "mira@victory", joint_sender_id=joint)
    committee.identities["own"] = identity(committee, COMMITTEE, "news@committee")
    candidate.identities["own"] = identity(candidate, CANDIDATE, "mira@holt")
    # The participant's account sends for the joint sender too: it registers the body, and an operator says who that is.
    same = create_organisation(**candidate.who, name=JOINT, postal_address=ADDRESS)
    identify_organisation(
        actor=operator, organisation_id=same, same_as_id=organisation, reason="The filing says so."
    )
    candidate.identities["joint"] = identity(candidate, f"Mira Holt for {JOINT}", "mira@holt", organisation_id=same)
    return Cast(committee, candidate, joint, organisation, make_staff(operator, number))


def make_account(operator: Actor, slug: str, name: str, owner: str, language: str) -> Account:
    holder = create_organisation(actor=operator, account_id=None, name=name, postal_address=ADDRESS)
    account_id = create_account(actor=operator, holder_id=holder, slug=slug, name=name)
    made = create_person(
        actor=operator, account_id=account_id, email=f"{owner.lower()}@{slug}.example", name=owner, role="owner",
        language=language,
    )  # fmt: skip
    return Account(account_id, person_actor(made.person_id, account_id=account_id), {}, f"{slug}.example")


def make_joint_sender(operator: Actor, committee: Account, candidate: Account) -> int:
    """Of the committee, the candidate's organisation and one that has no account here."""
    holder, other = account(committee.number).holder_id, account(candidate.number).holder_id
    friend = create_organisation(**committee.who, name=CANDIDATE, postal_address=ADDRESS)
    identify_organisation(actor=operator, organisation_id=friend, same_as_id=other, reason="The filing says so.")
    fund = create_organisation(**committee.who, name=FUND, postal_address=ADDRESS)
    members = [holder, friend, fund]
    joint = create_joint_sender(
        **committee.who, name=JOINT, postal_address=ADDRESS,
        participants=[Participation(each, date(2020, 1, 1)) for each in members],
    )  # fmt: skip
    terms = NoticeTerms(tuple(Allocation(each, share) for each, share in zip(members, SHARES, strict=True)))
    publish_notice(**committee.who, joint_sender_id=joint, terms=terms)
    return joint


def identity(account: Account, from_name: str, address: str, **whose: int) -> int:
    """A sender whose mail the replay's relays sign."""
    return create_identity(**account.who, from_name=from_name, from_address=f"{address}.{account.place}", **whose)


def make_staff(operator: Actor, number: int) -> dict[str, Actor]:
    people = {
        "reviewer": "Mara", "approver": "Noor", "appeal_reviewer": "Rui", "senior": "Sena", "legal_officer": "Leo",
    }  # fmt: skip
    staff = {}
    for role, name in people.items():
        made = create_person(
            actor=operator, account_id=None, email=f"{name.lower()}-{number}@platform.example", name=name, role=role
        )
        staff[role] = person_actor(made.person_id)
    return staff
