"""What the installation lets out: ports, schemes, and the private networks that it names itself."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from django.conf import settings

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HTTPS_PORT, HTTP_PORT = 443, 80


@dataclass(frozen=True, slots=True)
class Rules:
    """`allowed` are networks that are not public and may be reached all the same; `ports` beside 443 (and 80)."""

    allowed: tuple[Network, ...] = ()
    http: bool = False
    ports: frozenset[int] = frozenset({HTTPS_PORT})


def rules_in_force() -> Rules:
    """As the settings say. Raises Invalid, naming the setting, where one of them cannot be read."""
    configuration = settings.FAIRPOST
    http = configuration.webhook_http == "yes"
    standard = {HTTPS_PORT, HTTP_PORT} if http else {HTTPS_PORT}
    named = frozenset(port_of(each) for each in words(configuration.webhook_ports))
    return Rules(
        allowed=tuple(network_of(each) for each in words(configuration.webhook_allow_private)),
        http=http,
        ports=named | standard,
    )


def words(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def network_of(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise Invalid(
            _("The setting webhook_allow_private has {text}, which is no network.").format(text=repr(text)),
            field="webhook_allow_private",
            hint=_("Give networks such as 10.1.2.0/24 or fd12::/64, with commas."),
        ) from None


def port_of(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65536:
        raise Invalid(
            _("The setting webhook_ports has {text}, which is no port.").format(text=repr(text)),
            field="webhook_ports",
            hint=_("Give numbers such as 8443, with commas."),
        )
    return int(text)
