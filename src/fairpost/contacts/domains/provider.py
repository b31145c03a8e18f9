"""The mailbox provider of a domain is told from its mail hosts: hosted domains count with their host."""

from __future__ import annotations

from collections.abc import Sequence


def provider_of(hosts: Sequence[str]) -> str:
    """The last two labels of the preferred mail host, such as `google.com`; empty where there is none."""
    return ".".join(hosts[0].rsplit(".", 2)[-2:]) if hosts else ""
