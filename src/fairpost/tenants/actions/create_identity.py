"""Makes a sender identity, and for a domain that is new to the account its first DKIM key."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.dkim_keys import write_key
from fairpost.tenants.domains import domain_name, mail_address
from fairpost.tenants.models import JointSender, Organisation, SenderIdentity, SendingDomain
from fairpost.tenants.scope import once, own_account, own_joint_sender, own_organisation, own_unit


@transaction.atomic
def create_identity(
    *,
    actor: Actor,
    account_id: int,
    from_name: str,
    from_address: str,
    unit_id: int | None = None,
    organisation_id: int | None = None,
    joint_sender_id: int | None = None,
    reply_to: str = "",
    postal_address: str = "",
    link_domain: str = "",
    return_path_domain: str = "",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the identity's id.

    It sends for the organisation, the joint sender, or else the account's holder.

    Without unit it belongs to the default unit; without postal address it has its organisation's. The DKIM
    key that comes with a new domain signs only once it is activated.
    """
    authorise(actor, "identity.manage", account_id=account_id, unit_id=unit_id, act="identity.create")
    account = own_account(account_id)
    unit = own_unit(account_id, unit_id)
    sender = legal_sender(account_id, account.holder_id, organisation_id, joint_sender_id)
    address = mail_address(from_address, "from_address")
    domain, new_domain = SendingDomain.objects.get_or_create(
        account_id=account_id, name=address.rpartition("@")[2], defaults={"created_at": clock.now()}
    )
    with once(_("This unit has an identity with that address and sender already."), "from_address"):
        identity = SenderIdentity.objects.create(
            account_id=account_id,
            unit=unit,
            organisation=sender.organisation,
            joint_sender=sender.joint_sender,
            domain=domain,
            from_name=single_line(from_name, "from_name", 100),
            from_address=address,
            reply_to=mail_address(reply_to, "reply_to") if reply_to else "",
            postal_address=postal_address_of(postal_address, sender.organisation),
            link_domain=domain_name(link_domain, "link_domain") if link_domain else "",
            return_path_domain=(domain_name(return_path_domain, "return_path_domain") if return_path_domain else ""),
            created_at=clock.now(),
        )
    key = write_key(domain, domain.name, "rsa", "", clock.now()) if new_domain else None
    record(
        actor=actor,
        act="identity.created",
        account_id=account_id,
        subject=f"identity:{identity.id}",
        reason=reason,
        facts={
            "unit_id": unit.id,
            "organisation_id": sender.organisation.id,
            "joint_sender_id": joint_sender_id,
            "domain": domain.name,
            "dkim_key_id": key and key.id,
        },
        clock=clock,
    )
    return identity.id


@dataclass(frozen=True, slots=True)
class LegalSender:
    organisation: Organisation
    joint_sender: JointSender | None


def legal_sender(
    account_id: int, holder_id: int, organisation_id: int | None, joint_sender_id: int | None
) -> LegalSender:
    if organisation_id is not None and joint_sender_id is not None:
        raise Invalid(
            _("An identity sends for an organisation or for a joint sender, not for both."),
            field="joint_sender_id",
        )
    if joint_sender_id is not None:
        joint = own_joint_sender(account_id, joint_sender_id)
        return LegalSender(joint.organisation, joint)
    return LegalSender(own_organisation(account_id, organisation_id or holder_id), None)


def postal_address_of(given: str, organisation: Organisation) -> str:
    """The law of many countries wants a postal address in commercial mail, so no identity is without."""
    text = given or organisation.postal_address
    if not text.strip():
        raise Invalid(
            _("A sender identity needs a postal address; neither it nor its organisation has one."),
            field="postal_address",
        )
    return several_lines(text, "postal_address", 500)
