"""Checks that bounces find their way back: the return path's domain takes mail (RFC 5321, 5.1)."""

from __future__ import annotations

from fairpost.kernel.text import _
from fairpost.tenants.dns.finding import Finding, printable
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.subject import Subject

CHECK = "return-path"


def check_return_path(subject: Subject, resolver: Resolver) -> list[Finding]:
    """One finding.

    A domain that takes no mail is an error, because bounces would be lost and addresses burnt.
    """
    domain = subject.return_path_domain
    exchangers = resolver.mx(domain)
    advice = advice_of(subject)
    if any(each.host == "." for each in exchangers):
        return [Finding(CHECK, "error", domain, _("The domain says that it takes no mail (null MX)."), advice)]
    if exchangers:
        hosts = printable(", ".join(each.host for each in exchangers))
        if not any(resolver.addresses(each.host) for each in exchangers[:5]):
            found = _("None of the hosts that take its mail has an address: {hosts}.").format(hosts=hosts)
            return [Finding(CHECK, "error", domain, found, advice)]
        return [Finding(CHECK, "ok", domain, _("Bounces go to {hosts}.").format(hosts=hosts))]
    if resolver.addresses(domain):
        found = _("There is no MX record; bounces go to the address of the domain itself.")
        return [Finding(CHECK, "warning", domain, found, advice)]
    return [Finding(CHECK, "error", domain, _("The domain has neither MX nor address: bounces are lost."), advice)]


def advice_of(subject: Subject) -> str:
    domain, platform = subject.return_path_domain, subject.platform_return_path_domain
    if domain == platform:
        return _("Publish an MX record for {domain} that names the host that takes bounces.").format(domain=domain)
    return _("Publish: {domain} CNAME {platform}").format(domain=domain, platform=platform)
