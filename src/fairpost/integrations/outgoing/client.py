"""One request to a web server that somebody else named: to a checked address, within a time, and never redirected.

The name is looked up once, every address of the answer is checked, and the connection goes to one of those: a
second answer (DNS rebinding) is never asked for. No proxy of the environment is used, for it would look the
name up again. The certificate is held against the name.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from fairpost.integrations.outgoing.addresses import may_be_asked
from fairpost.integrations.outgoing.rules import Rules, rules_in_force
from fairpost.integrations.outgoing.target import Target, read_target
from fairpost.integrations.outgoing.timed_socket import TimedSocket
from fairpost.kernel.errors import Invalid, Unavailable
from fairpost.kernel.text import _
from fairpost.tenants.dns.resolver import DnsFailed, Resolver

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_OCTETS = 65_536
MOST_ADDRESSES = 4  # tried one after the other; all of the answer are checked
AGENT = "Fairpost"

Lookup = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: the body up to MOST_OCTETS, and whether there was more. Names of headers in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cut: bool
    seconds: float


class NotReached(Unavailable):
    """The server did not answer; `message` says at which step."""

    slug = "not-reached"


def look_up(name: str) -> Sequence[str]:
    """All addresses of a name, from the installation's DNS servers."""
    return Resolver(settings.FAIRPOST.nameservers, lifetime=CONNECT_SECONDS, budget=CONNECT_SECONDS).addresses(name)


class Outgoing:
    """A client under the installation's rules. `lookup`, `context` and the times are given by tests only."""

    def __init__(
        self,
        rules: Rules | None = None,
        lookup: Lookup = look_up,
        context: ssl.SSLContext | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self.rules = rules if rules is not None else rules_in_force()
        self.lookup = lookup
        self.context = context or ssl.create_default_context()
        self.connect_seconds = connect_seconds
        self.total_seconds = total_seconds

    def check(self, url: str) -> Target:
        """The address read, and its host looked up. Raises Invalid where no request would go there."""
        target = read_target(url, self.rules)
        self.addresses(target)
        return target

    def addresses(self, target: Target) -> list[str]:
        """Where requests may go. One address that may not be asked makes the whole answer refused.

        Raises Invalid with one sentence, whether the name has no address or one inside: who asks shall not learn
        what names there are inside.
        """
        found = [target.host] if target.literal else list(self.names(target.host))
        if not found or not all(may_be_asked(each, self.rules.allowed) for each in found):
            raise Invalid(
                _("The host {host} has no address on the public internet that requests may go to.").format(
                    host=target.host
                ),
                field="url",
            )
        return found

    def names(self, host: str) -> Sequence[str]:
        try:
            return self.lookup(host)
        except DnsFailed:
            raise NotReached(_("The DNS server did not say where {host} is.").format(host=host)) from None

    def get(self, url: str) -> Answer:
        return self.ask("GET", url)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return self.ask("POST", url, body, headers)

    def ask(self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """The answer, whatever its status. Raises Invalid before anything is asked, NotReached afterwards."""
        began = time.monotonic()
        deadline = began + self.total_seconds
        target = read_target(url, self.rules)
        timed = self.connect(target, self.addresses(target), deadline)
        try:
            if target.scheme == "https":
                timed.start_tls(self.context, target.host)
            status, said, content = exchange(timed, target, method, body, headers or {})
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotReached(reason(target, error)) from error
        finally:
            timed.end()
        return Answer(status, said, content[:MOST_OCTETS], len(content) > MOST_OCTETS, time.monotonic() - began)

    def connect(self, target: Target, addresses: Sequence[str], deadline: float) -> TimedSocket:
        error: OSError = TimeoutError()
        for address in addresses[:MOST_ADDRESSES]:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            try:
                sock = socket.create_connection((address, target.port), min(self.connect_seconds, left))
            except OSError as failed:
                error = failed
                continue
            return TimedSocket(sock, deadline)
        raise NotReached(reason(target, error)) from error


def exchange(
    timed: TimedSocket, target: Target, method: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, of which one octet more than MOST_OCTETS at most."""
    own = http.client.HTTPConnection(target.host, target.port)
    own.sock = timed
    own.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
    whole = {"Host": target.in_header, "User-Agent": AGENT, "Accept-Encoding": "identity", "Connection": "close"}
    if method == "POST":
        whole["Content-Length"] = str(len(body))
    for name, value in {**whole, **headers}.items():
        own.putheader(name, value)
    own.endheaders(body or None)
    answer = own.getresponse()
    content = answer.read(MOST_OCTETS + 1)
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def reason(target: Target, error: Exception) -> str:
    """A sentence without anything that the other side wrote."""
    host = target.host
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The certificate of {host} is not good: {why}.").format(host=host, why=error.verify_message)
    if isinstance(error, ssl.SSLError):
        return _("No TLS connection with {host} came about.").format(host=host)
    if isinstance(error, TimeoutError):
        return _("{host} did not answer in time.").format(host=host)
    if isinstance(error, ConnectionRefusedError):
        return _("{host} refused the connection.").format(host=host)
    if isinstance(error, OSError):
        return _("The connection with {host} broke off.").format(host=host)
    return _("{host} answered with something that is not HTTP.").format(host=host)


def in_words(answer: Answer) -> str:
    """Why an answer is no success; "" where it is one (a status of 200 to 299)."""
    if 200 <= answer.status < 300:
        return ""
    if 300 <= answer.status < 400:
        return _("The server answered {status}: redirects are not followed.").format(status=answer.status)
    if answer.status == 410:
        return _("The server answered 410: there is nobody who wants this any more.")
    return _("The server answered {status}.").format(status=answer.status)

