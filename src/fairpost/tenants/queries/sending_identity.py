"""What the sending path needs of an identity, with its private keys opened.

Nothing else should ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.dkim_keys import private_key_pem
from fairpost.tenants.models import DkimKey, SenderIdentity
from fairpost.tenants.queries.joint_notices import in_force
from fairpost.tenants.scope import one


@dataclass(frozen=True, slots=True)
class DkimSecret:
    """A key that signs; `private_key_pem` is PKCS#8."""

    domain: str
    selector: str
    private_key_pem: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendingIdentity:
    """`joint_notice_id` is the version in force, None where there is none.

    `dkim` is empty where no key is active.

    An empty `link_domain` or `return_path_domain` means the platform's.
    """

    identity_id: int
    account_id: int
    unit_id: int
    from_name: str
    from_address: str
    reply_to: str
    domain: str
    organisation_id: int
    organisation_name: str
    postal_address: str
    joint_sender_id: int | None
    joint_notice_id: int | None
    dkim: tuple[DkimSecret, ...]
    link_domain: str
    return_path_domain: str


def sending_identity(account_id: int, identity_id: int, *, clock: Clock = SYSTEM_CLOCK) -> SendingIdentity:
    """Raises `NotFound` for another account's identity, `Unavailable` where the key ring is missing."""
    identity: SenderIdentity = one(
        SenderIdentity.objects.filter(account_id=account_id, id=identity_id).select_related("domain", "organisation"),
        _("There is no such sender identity."),
    )
    notice = in_force(identity.joint_sender_id, clock.now()) if identity.joint_sender_id else None
    return SendingIdentity(
        identity_id=identity.id,
        account_id=account_id,
        unit_id=identity.unit_id,
        from_name=identity.from_name,
        from_address=identity.from_address,
        reply_to=identity.reply_to,
        domain=identity.domain.name,
        organisation_id=identity.organisation_id,
        organisation_name=identity.organisation.name,
        postal_address=identity.postal_address,
        joint_sender_id=identity.joint_sender_id,
        joint_notice_id=notice and notice.id,
        dkim=tuple(secret_of(each) for each in active_keys(identity)),
        link_domain=identity.link_domain,
        return_path_domain=identity.return_path_domain,
    )


def active_keys(identity: SenderIdentity) -> list[DkimKey]:
    """RSA first: many receivers verify nothing else (RFC 8463, 3)."""
    rows = DkimKey.objects.filter(domain=identity.domain, activated_at__isnull=False, retired_at=None)
    return list(rows.order_by("-algorithm"))


def platform_signature() -> DkimSecret | None:
    """The platform's own active key that the setting platform_dkim_selector names.

    None where none is set or active.
    """
    selector = settings.FAIRPOST.platform_dkim_selector
    if not selector:
        return None
    key = DkimKey.objects.filter(domain=None, selector=selector, activated_at__isnull=False, retired_at=None).first()
    return secret_of(key) if key else None


def secret_of(key: DkimKey) -> DkimSecret:
    return DkimSecret(key.domain_name, key.selector, private_key_pem(key))
