"""An address of a web server is read once, strictly, and refused where two programs could read it differently."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

from fairpost.integrations.outgoing.rules import HTTP_PORT, HTTPS_PORT, Rules
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LONGEST = 2000
# Printable ASCII without blanks, quotes, angle brackets and backslashes: all that RFC 3986 lets stand in an address.
PRINTABLE = re.compile(r"[!#-;=?-\[\]^_a-z|~A-Z]+")
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# Programs read such a last part as a number, and the whole as an IPv4 address (WHATWG URL, "ends in a number").
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
DOTTED = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is a name in lower case (A-labels, no final dot) or an address; `path` begins with / and has the query."""

    scheme: str
    host: str
    port: int
    path: str
    literal: bool

    @property
    def in_header(self) -> str:
        """As it stands in the Host header (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = HTTPS_PORT if self.scheme == "https" else HTTP_PORT
        return host if self.port == usual else f"{host}:{self.port}"


def read_target(url: str, rules: Rules) -> Target:
    """The parts of an address. Raises Invalid for what is none, or none that requests may go to; asks no DNS."""
    shown = repr(url[:200])
    if len(url) > LONGEST:
        raise refused(_("An address has at most {most} characters.").format(most=LONGEST))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused(_("{url} is no address of a web server.").format(url=shown)) from None
    rest = parts.path + parts.query
    if any(ord(each) < 33 or each in '\\"<>' for each in url) or (rest and not PRINTABLE.fullmatch(rest)):
        raise refused(_("{url} holds a character that an address cannot have.").format(url=shown))
    if parts.scheme not in (("https", "http") if rules.http else ("https",)):
        raise refused(_("{url} does not begin with https://.").format(url=shown))
    if "@" in parts.netloc:
        raise refused(_("{url} holds a user name or password.").format(url=shown))
    if parts.fragment or url.endswith("#"):
        raise refused(_("{url} has a part behind #, which no server gets to see.").format(url=shown))
    if port is None:
        port = HTTPS_PORT if parts.scheme == "https" else HTTP_PORT
    if port not in rules.ports:
        raise refused(
            _("Port {port} is not allowed.").format(port=port),
            _("The operator of this installation can allow it (FAIRPOST_WEBHOOK_PORTS)."),
        )
    host, literal = read_host(parts.hostname or "", shown)
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, (parts.path or "/") + query, literal)


def read_host(host: str, shown: str) -> tuple[str, bool]:
    """The host and whether it is an address."""
    wrong = refused(_("{url} names no host.").format(url=shown))
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host)), True
        except ValueError:
            raise wrong from None
    host = host.rstrip(".")
    try:
        name = idna.encode(host, uts46=True).decode("ascii").lower() if not host.isascii() else host
    except idna.IDNAError:
        raise wrong from None
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        if not DOTTED.fullmatch(name):
            raise refused(_("{url} spells an IP address in an unusual way.").format(url=shown))
        try:
            return str(ipaddress.IPv4Address(name)), True
        except ValueError:
            raise wrong from None
    if len(name) > 253 or not all(LABEL.fullmatch(each) for each in name.split(".")):
        raise wrong
    return name, False


def refused(sentence: str, hint: str | None = None) -> Invalid:
    return Invalid(sentence, field="url", hint=hint or _("Give an address such as https://hooks.example.org/fairpost."))
