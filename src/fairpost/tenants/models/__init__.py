"""The tables of tenants, imported by this package only; others use its actions and queries."""

from fairpost.tenants.models.account import Account, BusinessUnit
from fairpost.tenants.models.api_key import ApiKey
from fairpost.tenants.models.dkim_key import DkimKey
from fairpost.tenants.models.joint_sender import JointNotice, JointSender, JointSenderParticipant
from fairpost.tenants.models.organisation import Organisation
from fairpost.tenants.models.outside_contact import OutsideContact
from fairpost.tenants.models.person import Membership, Person
from fairpost.tenants.models.sender_identity import IdentityCheck, SenderIdentity, SendingDomain

__all__ = [
    "Account",
    "ApiKey",
    "BusinessUnit",
    "DkimKey",
    "IdentityCheck",
    "JointNotice",
    "JointSender",
    "JointSenderParticipant",
    "Membership",
    "Organisation",
    "OutsideContact",
    "Person",
    "SenderIdentity",
    "SendingDomain",
]
