"""An address that is not everybody's is not asked, whatever name led to it and however it is written.

The networks are written out here (IANA's registries of special-purpose addresses, RFC 6890), because what the
standard library takes for public differs between its versions.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from fairpost.integrations.outgoing.rules import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def networks(text: str) -> tuple[Network, ...]:
    """One network a line, before what it is."""
    return tuple(ipaddress.ip_network(line.split()[0]) for line in text.strip().splitlines())


REFUSED = networks(
    """
    0.0.0.0/8          this network (RFC 791)
    10.0.0.0/8         private (RFC 1918)
    100.64.0.0/10      shared, and the metadata of a provider (RFC 6598)
    127.0.0.0/8        loopback (RFC 1122)
    168.63.129.16/32   public, but what the machines of Azure ask for metadata and DNS
    169.254.0.0/16     link-local, and the metadata of most providers (RFC 3927)
    172.16.0.0/12      private (RFC 1918)
    192.0.0.0/24       protocol assignments, and the metadata of a provider (RFC 6890)
    192.0.2.0/24       documentation (RFC 5737)
    192.31.196.0/24    AS112 (RFC 7535)
    192.52.193.0/24    AMT (RFC 7450)
    192.88.99.0/24     relays of 6to4 (RFC 7526)
    192.168.0.0/16     private (RFC 1918)
    192.175.48.0/24    AS112 (RFC 7534)
    198.18.0.0/15      benchmarks (RFC 2544)
    198.51.100.0/24    documentation (RFC 5737)
    203.0.113.0/24     documentation (RFC 5737)
    224.0.0.0/4        multicast (RFC 5771)
    240.0.0.0/4        reserved, and broadcast (RFC 1112)
    2001::/23          protocol assignments: Teredo, ORCHID and others (RFC 2928)
    2001:db8::/32      documentation (RFC 3849)
    2002::/16          6to4: leads where the IPv4 address inside does (RFC 3056)
    2620:4f:8000::/48  AS112 (RFC 7534)
    3fff::/20          documentation (RFC 9637)
    """
)
# All that is given to anybody lies here (RFC 4291, 2.4). Outside are loopback, link-local, unique local, multicast,
# and the forms that carry an IPv4 address inside: mapped, compatible, translated, NAT64.
UNICAST = ipaddress.ip_network("2000::/3")


def may_be_asked(address: str, allowed: Collection[Network] = ()) -> bool:
    """Whether requests may go to this address: a public one, or one inside a network that was allowed.

    False for an address with a zone, and for what is no address.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(read, ipaddress.IPv6Address) and read.scope_id:
        return False
    return inside(read, allowed) or is_public(read)


def is_public(address: Address) -> bool:
    if address.version == 6 and (address not in UNICAST or isatap(address)):
        return False
    return not inside(address, REFUSED)


def inside(address: Address, several: Collection[Network]) -> bool:
    return any(address in each for each in several if each.version == address.version)


def isatap(address: Address) -> bool:
    """An interface identifier that names an IPv4 address (RFC 5214, 6.1)."""
    return (int(address) >> 32) & 0xFCFF_FFFF == 0x0000_5EFE
