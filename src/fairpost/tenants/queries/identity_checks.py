"""What DNS must say for an identity, and what it said when it was last asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fairpost.tenants.dkim import DnsRecord, txt_record
from fairpost.tenants.dns.finding import Finding
from fairpost.tenants.dns.subject import PublishedKey, Subject
from fairpost.tenants.models import DkimKey, IdentityCheck, SenderIdentity
from fairpost.tenants.queries.dkim_keys import key_row
from fairpost.tenants.scope import own_identity


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """The findings of one check."""

    identity_id: int
    at: datetime
    passed: bool
    findings: tuple[Finding, ...]


def latest_check(account_id: int, identity_id: int) -> IdentityReport | None:
    """The last stored check, or None where there was none."""
    identity = own_identity(account_id, identity_id)
    row = IdentityCheck.objects.filter(identity=identity).order_by("-at", "-id").first()
    if row is None:
        return None
    return IdentityReport(identity.id, row.at, row.passed, tuple(Finding(**each) for each in row.findings))


def dns_records(account_id: int, identity_id: int) -> list[DnsRecord]:
    """The records that the domain's owner has to publish: keys, link domain, return path.

    DMARC at the least.
    """
    identity = own_identity(account_id, identity_id)
    subject = subject_of(identity)
    records = [key_row(each).record for each in living_keys(identity)]
    if identity.link_domain:
        records.append(DnsRecord(identity.link_domain, "CNAME", f"{subject.platform_host}.", purpose="links"))
    if identity.return_path_domain:
        platform = f"{subject.platform_return_path_domain}."
        records.append(DnsRecord(identity.return_path_domain, "CNAME", platform, purpose="return path, SPF"))
    records.append(txt_record(f"_dmarc.{subject.domain}", "v=DMARC1; p=none", purpose="dmarc (the least)"))
    return records


def subject_of(identity: SenderIdentity) -> Subject:
    configuration = settings.FAIRPOST
    keys = tuple(
        PublishedKey(each.selector, each.algorithm, each.public_key, each.activated_at is not None)
        for each in living_keys(identity)
    )
    return Subject(
        domain=identity.domain.name,
        keys=keys,
        return_path_domain=identity.return_path_domain or configuration.return_path_domain,
        link_domain=identity.link_domain,
        platform_host=configuration.platform_host,
        platform_return_path_domain=configuration.return_path_domain,
        sending_addresses=tuple(filter(None, configuration.sending_addresses.replace(" ", "").split(","))),
        spf_include=configuration.spf_include,
    )


def living_keys(identity: SenderIdentity) -> list[DkimKey]:
    """Active and waiting keys, RSA first."""
    return list(DkimKey.objects.filter(domain=identity.domain, retired_at=None).order_by("-algorithm", "id"))
