"""Evaluates SPF for one address as a receiver does (RFC 7208), with its limits on lookups.

Macros are not expanded: a term that holds one counts as a lookup, cannot match, and is named in `unsure`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from fairpost.tenants.dns.resolver import DnsFailed, Resolver

Result = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]
QUALIFIERS: dict[str, Result] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
MOST_LOOKUPS = 10  # RFC 7208, 4.6.4
MOST_VOID_LOOKUPS = 2
MOST_HOSTS_OF_MX = 10
TERM = re.compile(r"(?P<q>[+\-~?]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?P<rest>[:/].*)?", re.IGNORECASE)
MODIFIER = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_.-]*)=(?P<value>.*)")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SpfError(Exception):
    """The record is wrong in itself: the result is permerror."""


@dataclass(slots=True)
class Evaluation:
    """One evaluation: what it came to, how many lookups it took, which records it included."""

    lookups: int = 0
    void: int = 0
    included: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    fault: str = ""


def check_host(address: str, domain: str, resolver: Resolver) -> tuple[Result, Evaluation]:
    """`check_host` of RFC 7208, 4, for an IP address that sends with `domain` in its return path."""
    evaluation = Evaluation()
    try:
        return evaluate(ipaddress.ip_address(address), domain, resolver, evaluation), evaluation
    except SpfError as error:
        evaluation.fault = str(error)
        return "permerror", evaluation
    except DnsFailed as error:
        evaluation.fault = str(error)
        return "temperror", evaluation


def spf_records(domain: str, resolver: Resolver) -> list[str]:
    return [text for text in resolver.txt(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def evaluate(address: Address, domain: str, resolver: Resolver, evaluation: Evaluation) -> Result:
    records = spf_records(domain, resolver)
    if not records:
        return "none"
    if len(records) > 1:
        raise SpfError(f"{domain} has {len(records)} SPF records")
    redirect = ""
    terms = [parsed_term(term) for term in records[0].split()[1:]]  # RFC 7208, 4.6: syntax of all terms first
    for kind, qualifier, name, argument in terms:
        if kind == "modifier":
            redirect = argument if name == "redirect" else redirect
        elif matches(name, argument, address, domain, resolver, evaluation):
            return QUALIFIERS[qualifier]
    if not redirect:
        return "neutral"
    count(evaluation)
    if "%" in redirect:
        evaluation.unsure.append(f"redirect={redirect}")
        return "neutral"
    result = evaluate(address, redirect, resolver, evaluation)
    if result == "none":
        raise SpfError(f"{domain} redirects to {redirect}, which has no SPF record")
    return result


def parsed_term(term: str) -> tuple[str, str, str, str]:
    """(kind, qualifier, name, argument with its leading colon or slash)."""
    if match := TERM.fullmatch(term):
        name, rest = match["name"].lower(), match["rest"] or ""
        needs_argument = name in ("include", "ip4", "ip6", "exists")
        if (needs_argument and len(rest) < 2) or (name == "all" and rest):
            raise SpfError(f"the term {term} is not valid")
        if name in ("ip4", "ip6"):
            network(rest[1:], name)
        return "mechanism", match["q"] or "+", name, rest
    if match := MODIFIER.fullmatch(term):
        return "modifier", "", match["name"].lower(), match["value"]
    raise SpfError(f"the term {term} is not valid")


def matches(
    name: str, argument: str, address: Address, domain: str, resolver: Resolver, evaluation: Evaluation
) -> bool:
    if name == "all":
        return True
    if name in ("ip4", "ip6"):
        return inside(address, [network(argument[1:], name)])
    count(evaluation)
    target, prefixes = split_argument(argument, domain)
    if "%" in target or name == "ptr":
        evaluation.unsure.append(f"{name}{argument}")
        return False
    if name == "include":
        return includes(address, target, resolver, evaluation)
    if name == "exists":
        return bool(answered(resolver.addresses(target), evaluation))
    hosts = [target]
    if name == "mx":
        hosts = answered([each.host for each in resolver.mx(target)], evaluation)
        if len(hosts) > MOST_HOSTS_OF_MX:
            raise SpfError(f"{target} has more than {MOST_HOSTS_OF_MX} MX hosts")
    found = [each for host in hosts for each in resolver.addresses(host)]
    if name == "a":
        answered(found, evaluation)
    return inside(address, [with_prefix(each, prefixes) for each in found])


def includes(address: Address, target: str, resolver: Resolver, evaluation: Evaluation) -> bool:
    """RFC 7208, 5.2: a pass inside is a match; a domain without a record is an error."""
    evaluation.included.append(target.lower().rstrip("."))
    result = evaluate(address, target, resolver, evaluation)
    if result == "none":
        raise SpfError(f"include:{target} has no SPF record")
    return result == "pass"


def count(evaluation: Evaluation) -> None:
    evaluation.lookups += 1
    if evaluation.lookups > MOST_LOOKUPS:
        raise SpfError(f"more than {MOST_LOOKUPS} lookups are needed")


def answered(found: list[str], evaluation: Evaluation) -> list[str]:
    """Counts an answer without records (RFC 7208, 4.6.4: two are allowed)."""
    if not found:
        evaluation.void += 1
        if evaluation.void > MOST_VOID_LOOKUPS:
            raise SpfError(f"more than {MOST_VOID_LOOKUPS} lookups find nothing")
    return found


def split_argument(argument: str, domain: str) -> tuple[str, tuple[int, int]]:
    """Target and prefix lengths (IPv4, IPv6) of `:target/24//64`."""
    match = re.fullmatch(r"(?::([^/]+))?(?:/(\d{1,2}))?(?://(\d{1,3}))?", argument)
    if match is None or int(match[2] or 0) > 32 or int(match[3] or 0) > 128:
        raise SpfError(f"the term {argument} is not valid")
    return match[1] or domain, (int(match[2] or 32), int(match[3] or 128))


def network(text: str, name: str) -> Network:
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    try:
        return kind(text, strict=False)
    except ValueError as error:
        raise SpfError(f"{name}:{text} is not a network") from error


def with_prefix(address: str, prefixes: tuple[int, int]) -> Network:
    length = prefixes[0] if ipaddress.ip_address(address).version == 4 else prefixes[1]
    return ipaddress.ip_network(f"{address}/{length}", strict=False)


def inside(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == each.version and address in each for each in networks)
