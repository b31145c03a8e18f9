"""Checks by DNS alone that links lead to the platform: nothing is fetched from a customer's host."""

from __future__ import annotations

from fairpost.kernel.text import _
from fairpost.tenants.dns.finding import Finding, printable
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.subject import Subject

CHECK = "link-domain"


def check_link_domain(subject: Subject, resolver: Resolver) -> list[Finding]:
    """One finding; none where links use the platform's own host."""
    domain, host = subject.link_domain, subject.platform_host
    if not domain or domain == host:
        return []
    publish = _("Publish: {domain} CNAME {host}").format(domain=domain, host=host)
    alias = resolver.cname(domain)
    if alias == host:
        return [Finding(CHECK, "ok", domain, _("It is an alias of {host}.").format(host=host))]
    addresses = set(resolver.addresses(domain))
    if not addresses:
        return [Finding(CHECK, "error", domain, _("The name has no address: links would be dead."), publish)]
    if addresses <= set(resolver.addresses(host)):
        found = _("It has the same addresses as {host}.").format(host=host)
        return [Finding(CHECK, "ok", domain, found)]
    found = _("It leads elsewhere ({where}): links would be dead.").format(
        where=printable(alias or ", ".join(sorted(addresses)))
    )
    return [Finding(CHECK, "error", domain, found, publish)]
