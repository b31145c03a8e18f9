"""Checks that DNS answers: domains of senders and recipients are checked by it."""

from __future__ import annotations

import time

import dns.exception
import dns.resolver

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding

PATIENCE = 4.0


def check(configuration: Configuration) -> Finding:
    began = time.monotonic()
    try:
        resolver = resolver_of(configuration.nameservers)
        resolver.resolve("example.org", "SOA", lifetime=PATIENCE, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        pass  # an answer all the same: a closed network with a root of its own
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return Finding(
            "dns",
            "warning",
            _("DNS does not answer: {said}").format(said=str(error) or type(error).__name__),
            _("Set FAIRPOST_NAMESERVERS or mend /etc/resolv.conf; until then domains cannot be checked."),
        )
    milliseconds = (time.monotonic() - began) * 1000
    return Finding("dns", "ok", _("An answer in {milliseconds:.0f} ms.").format(milliseconds=milliseconds))


def resolver_of(nameservers: str) -> dns.resolver.Resolver:
    if not nameservers:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = []
    for each in filter(None, (part.strip() for part in nameservers.split(","))):
        address, _colon, port = each.partition(":") if each.count(":") == 1 else (each, "", "")
        resolver.nameservers = [*resolver.nameservers, address]
        if port:
            resolver.nameserver_ports = {**resolver.nameserver_ports, address: int(port)}
    return resolver
