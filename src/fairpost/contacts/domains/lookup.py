"""Whether a domain takes mail is asked of DNS the way a mail server would (RFC 5321, 5.1; RFC 7505)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import dns.exception
import dns.resolver

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

Verdict = Literal["ok", "null_mx", "dead", "unknown"]
LIFETIME = 5.0  # seconds for one question, all servers together


@dataclass(frozen=True, slots=True)
class MailHosts:
    """`hosts` in order of preference; the domain itself where it has no MX but an address."""

    verdict: Verdict
    hosts: tuple[str, ...] = ()


def make_resolver(nameservers: str) -> dns.resolver.Resolver:
    """A resolver that asks these servers (`address` or `address:port`, with commas), or the system's where empty."""
    if not nameservers.strip():
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    servers = [split_port(each.strip()) for each in nameservers.split(",") if each.strip()]
    resolver.nameserver_ports = {}
    try:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
    except ValueError as error:
        raise Invalid(_("Setting nameservers: {reason}.").format(reason=error)) from None
    return resolver


def split_port(server: str) -> tuple[str, int]:
    """`192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53` or `2001:db8::1`."""
    host, colon, port = server.rpartition(":")
    if colon and port.isdigit() and (host.startswith("[") or ":" not in host):
        return host.strip("[]"), int(port)
    return server.strip("[]"), 53


def mail_hosts(resolver: dns.resolver.Resolver, domain: str) -> MailHosts:
    """What DNS says now. Only answers are verdicts: silence and failure are `unknown`."""
    try:
        answer = resolver.resolve(f"{domain}.", "MX", lifetime=LIFETIME)
    except dns.resolver.NXDOMAIN:
        return MailHosts("dead")
    except dns.resolver.NoAnswer:
        return address_only(resolver, domain)
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return MailHosts("unknown")
    found = sorted((each.preference, each.exchange.to_text(omit_final_dot=True).lower()) for each in answer)
    hosts = tuple(host for _preference, host in found)
    if hosts in (("",), (".",), ("@",)):
        return MailHosts("null_mx")
    return MailHosts("ok", hosts)


def address_only(resolver: dns.resolver.Resolver, domain: str) -> MailHosts:
    """Without MX the domain itself is the mail host, if it has an address at all."""
    failed = False
    for kind in ("A", "AAAA"):
        try:
            resolver.resolve(f"{domain}.", kind, lifetime=LIFETIME)
            return MailHosts("ok", (domain,))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
        except (dns.exception.DNSException, UnicodeError, ValueError):
            failed = True
    return MailHosts("unknown" if failed else "dead")
