"""All checks of an identity, in the order in which a person mends things.

One that DNS does not answer says so.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from fairpost.kernel.text import _
from fairpost.tenants.dns.dkim import check_dkim
from fairpost.tenants.dns.dmarc import check_dmarc
from fairpost.tenants.dns.finding import Finding, printable
from fairpost.tenants.dns.link_domain import check_link_domain
from fairpost.tenants.dns.resolver import DnsFailed, Resolver
from fairpost.tenants.dns.return_path import check_return_path
from fairpost.tenants.dns.spf import check_spf
from fairpost.tenants.dns.subject import Subject

Check = Callable[[Subject, Resolver], list[Finding]]
CHECKS: dict[str, Check] = {
    "dkim": check_dkim,
    "spf": check_spf,
    "dmarc": check_dmarc,
    "return-path": check_return_path,
    "link-domain": check_link_domain,
}


def configured_resolver() -> Resolver:
    """The resolver that the settings name."""
    return Resolver(settings.FAIRPOST.nameservers)


def run_checks(subject: Subject, resolver: Resolver) -> list[Finding]:
    """The findings of every check."""
    return [finding for name, check in CHECKS.items() for finding in answered(name, check, subject, resolver)]


def answered(name: str, check: Check, subject: Subject, resolver: Resolver) -> list[Finding]:
    try:
        return check(subject, resolver)
    except DnsFailed as error:
        return [
            Finding(
                name,
                "error",
                subject.domain,
                _("DNS gave no answer: {question}.").format(question=printable(str(error))),
                _("Try again in a few minutes; if it stays so, ask whoever runs the domain's name servers."),
            )
        ]
