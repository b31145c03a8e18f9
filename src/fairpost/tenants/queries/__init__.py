"""What can be read of tenants: frozen rows, always asked for within one account."""

from fairpost.tenants.queries.accounts import account, accounts, unit, units
from fairpost.tenants.queries.api_keys import api_keys
from fairpost.tenants.queries.audit_trail import audit_trail
from fairpost.tenants.queries.dkim_keys import identity_keys, platform_keys
from fairpost.tenants.queries.identities import identities, identity
from fairpost.tenants.queries.identity_checks import dns_records, latest_check
from fairpost.tenants.queries.joint_notices import joint_notice, joint_notices, notice_is_current
from fairpost.tenants.queries.joint_senders import joint_sender, joint_senders
from fairpost.tenants.queries.organisations import organisation, organisations
from fairpost.tenants.queries.outside_contacts import outside_contacts
from fairpost.tenants.queries.people import people, person, person_by_email
from fairpost.tenants.queries.sender_subject import sender_subject
from fairpost.tenants.queries.sending_identity import platform_signature, sending_identity

__all__ = [
    "account",
    "accounts",
    "api_keys",
    "audit_trail",
    "dns_records",
    "identities",
    "identity",
    "identity_keys",
    "joint_notice",
    "joint_notices",
    "joint_sender",
    "joint_senders",
    "latest_check",
    "notice_is_current",
    "organisation",
    "organisations",
    "outside_contacts",
    "people",
    "person",
    "person_by_email",
    "platform_keys",
    "platform_signature",
    "sender_subject",
    "sending_identity",
    "unit",
    "units",
]
