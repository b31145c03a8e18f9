"""Whether a domain takes mail is asked of DNS the way a mail server would (RFC 5321, 5.1; RFC 7505)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

Verdict = Literal["ok", "null_mx", "dead", "unknown"]
LIFETIME = 5.0  # seconds for one question, all servers together


@dataclass(frozen=True, slots=True)
class MailHosts:
    """`mx` as (preference, host), most preferred first; empty where the domain has only an address."""

    verdict: Verdict
    mx: tuple[tuple[int, str], ...] = ()


def make_resolver(nameservers: str) -> dns.resolver.Resolver:
    """A resolver that asks these servers (`address` or `address:port`, with commas), or the system's where empty."""
    if not nameservers.strip():
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    servers = [split_port(each.strip()) for each in nameservers.split(",") if each.strip()]
    for host, _port in servers:
        try:
            ip_address(host)
        except ValueError:
            raise Invalid(_("Setting nameservers: {host!r} is no IP address.").format(host=host)) from None
    resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
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
    if len(answer) == 1 and answer[0].exchange == dns.name.root:
        return MailHosts("null_mx")
    found = sorted((each.preference, each.exchange.to_text(omit_final_dot=True).lower()) for each in answer)
    return MailHosts("ok", tuple(found))


def address_only(resolver: dns.resolver.Resolver, domain: str) -> MailHosts:
    """Without MX the domain itself is the mail host, if it has an address at all."""
    failed = False
    for kind in ("A", "AAAA"):
        try:
            resolver.resolve(f"{domain}.", kind, lifetime=LIFETIME)
            return MailHosts("ok")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
        except (dns.exception.DNSException, UnicodeError, ValueError):
            failed = True
    return MailHosts("unknown" if failed else "dead")
