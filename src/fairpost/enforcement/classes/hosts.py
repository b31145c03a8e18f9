"""Which host a link leads to, as a browser would take its address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import idna

LIQUID = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}")
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
MARK = "\ue000"  # stands for Liquid; of private use, so in no host


def host_of(url: str) -> str | None:
    """The host in small ASCII letters (IDNA 2008), or None for what is no web address or has none of its own.

    Where Liquid stands before the fixed end of a host, that end is the host: every value leads below it.
    """
    try:
        parts = urlsplit(LIQUID.sub(MARK, url.strip()).replace("\\", "/"))
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "") or not host:
        return None
    return ascii_host(fixed_end(host))


def fixed_end(host: str) -> str:
    """What stands behind the last label that attributes fill; empty where they fill the end."""
    *before, last = host.split(MARK)
    if not before:
        return last
    return last.partition(".")[2]


def ascii_host(host: str) -> str | None:
    """`host` in ASCII, small letters; None where it is no host name."""
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    return host if HOST.fullmatch(host) else None


def is_within(host: str, domain: str) -> bool:
    """Whether `host` is `domain` or a name below it."""
    return host == domain or host.endswith("." + domain)
