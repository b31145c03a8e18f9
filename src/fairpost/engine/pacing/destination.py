"""Names the mailbox provider behind a domain, so that pace is kept per provider and not per hosted domain.

Thousands of company domains stand on the same few mail systems; each of those sees one sender, whatever the
domain.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

# Registries under which the third label is the registered one: enough to tell hosts apart, no full list of
# suffixes.
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gouv", "gov", "govt", "net", "nom", "ne", "or",
"org"})


def destination(domain: str, mx: Sequence[tuple[int, str]]) -> str:
    """The destination under which mail to `domain` (A-label, lower case) is paced.

    `mx` is its MX answer as (preference, host), empty where there is none (RFC 5321, 5.1: the domain
    itself). A known provider gives its name (`google`); else it is the registered name of the most
    preferred host, or of the domain.
    """
    if not mx:
        return domain
    host = min(mx, key=lambda each: (each[0], each[1].lower()))[1].lower().rstrip(".")
    if not host:
        return domain  # null MX (RFC 7505): nothing will be sent there anyway
    return provider_of(host) or registered_name(host)


def provider_of(host: str) -> str | None:
    """The provider whose mail hosts end like this one, by mailbox_providers.csv; the longest ending wins."""
    labels = host.split(".")
    for start in range(len(labels)):
        provider = providers().get(".".join(labels[start:]))
        if provider is not None:
            return provider
    return None


def registered_name(host: str) -> str:
    """The part of a host name that somebody registered: `example.org` of `mx1.example.org`. An estimate."""
    labels = host.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


@cache
def providers() -> dict[str, str]:
    """Ending of an MX host -> provider."""
    text = (files(__package__) / "mailbox_providers.csv").read_text(encoding="utf-8")
    return {row["mx_suffix"]: row["provider"] for row in csv.DictReader(text.splitlines())}
