"""Asks the configured DNS servers, and tells "there is none" apart from "no answer"."""

from __future__ import annotations

import ipaddress
import re
import time
from dataclasses import dataclass

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver

from fairpost.kernel.errors import Invalid, Unavailable
from fairpost.kernel.text import _

SERVER = re.compile(
    r"(?:\[(?P<v6>[^\]]+)\]|(?P<plain>[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))(?::(?P<port>[0-9]{1,5}))?"
)
LIFETIME = 5.0  # seconds for one question over all servers
BUDGET = 40.0  # seconds for all questions of one resolver: slow name servers must not hold a process for minutes


class DnsFailed(Exception):
    """No server gave a usable answer (SERVFAIL, REFUSED, time-out): nothing is known about the name."""


@dataclass(frozen=True, slots=True)
class MailExchanger:
    """One MX record; `host` is "." in a null MX (RFC 7505)."""

    preference: int
    host: str


class Resolver:
    """Questions and answers as plain types: names without final dot, in lower case.

    Answers are never cached. Make one for each check: its time runs from the moment it is made.
    """

    def __init__(self, nameservers: str = "", lifetime: float = LIFETIME, budget: float = BUDGET) -> None:
        """`nameservers`: addresses, or address:port, with commas ([v6]:port); empty means the system's."""
        try:
            self.resolver = dns.resolver.Resolver(configure=not nameservers)
        except dns.resolver.NoResolverConfiguration as error:
            raise Unavailable(
                _("This system names no DNS server."), hint=_("Set FAIRPOST_NAMESERVERS to one.")
            ) from error
        if nameservers:
            self.resolver.nameservers = [nameserver(each.strip()) for each in nameservers.split(",")]
        self.lifetime = lifetime
        self.deadline = time.monotonic() + budget
        self.resolver.timeout = min(2.0, lifetime)
        self.resolver.retry_servfail = False
        self.resolver.cache = None

    def txt(self, name: str) -> list[str]:
        """Each TXT record's strings joined (RFC 7208, 3.3); octets outside ASCII appear as escapes."""
        return [b"".join(record.strings).decode("ascii", "backslashreplace") for record in self.ask(name, "TXT")]

    def mx(self, name: str) -> list[MailExchanger]:
        found = [MailExchanger(record.preference, plain(record.exchange.to_text())) for record in self.ask(name, "MX")]
        return sorted(found, key=lambda each: (each.preference, each.host))

    def addresses(self, name: str) -> list[str]:
        """IPv4 and IPv6 addresses of a name."""
        return [record.address for kind in ("A", "AAAA") for record in self.ask(name, kind)]

    def cname(self, name: str) -> str | None:
        """What the name is an alias of, one step only."""
        records = self.ask(name, "CNAME")
        return plain(records[0].target.to_text()) if records else None

    def ask(self, name: str, kind: str) -> list:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise DnsFailed(f"{name} {kind}: no time left")
        try:
            answer = self.resolver.resolve(
                name.rstrip(".") + ".",
                kind,
                search=False,
                raise_on_no_answer=False,
                lifetime=min(self.lifetime, left),
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
            return []
        except dns.exception.DNSException as error:
            raise DnsFailed(f"{name} {kind}: {type(error).__name__}") from error
        except ValueError as error:  # a name that cannot be one, out of somebody else's record
            raise DnsFailed(f"{name} {kind}: {error}") from error
        return list(answer.rrset) if answer.rrset is not None else []


def plain(name: str) -> str:
    return name.rstrip(".").lower() or "."


def nameserver(text: str) -> dns.nameserver.Nameserver:
    """`192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`."""
    match = SERVER.fullmatch(text)
    try:
        if match is None or not 0 < int(match["port"] or 53) < 65536:
            raise ValueError(text)
        address = ipaddress.ip_address(match["v6"] or match["plain"])
        return dns.nameserver.Do53Nameserver(str(address), int(match["port"] or 53))
    except ValueError as error:
        raise Invalid(
            _("The setting nameservers has {text}, which is no address of a DNS server.").format(text=repr(text)),
            field="nameservers",
            hint=_("Give addresses such as 192.0.2.1 or 192.0.2.1:5353, with commas."),
        ) from error
