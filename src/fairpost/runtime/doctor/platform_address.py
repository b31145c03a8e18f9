"""Checks that the public address is one that recipients' links can use."""

from __future__ import annotations

from urllib.parse import urlsplit

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding

LOCAL = ("localhost", "127.0.0.1", "::1")


def check(configuration: Configuration) -> Finding:
    parts = urlsplit(configuration.platform_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or configuration.platform_url.endswith("/"):
        return Finding(
            "platform address",
            "error",
            _("{url!r} is not an address.").format(url=configuration.platform_url),
            _("Set FAIRPOST_PLATFORM_URL to https://your.host without a final slash."),
        )
    if parts.hostname in LOCAL or configuration.platform_host in LOCAL:
        return Finding(
            "platform address",
            "warning",
            _("Links and unsubscribe addresses point to {url}: good for trying out only.").format(
                url=configuration.platform_url
            ),
            _("Set FAIRPOST_PLATFORM_URL and FAIRPOST_PLATFORM_HOST before you write to anybody."),
        )
    if parts.scheme != "https":
        return Finding(
            "platform address",
            "error",
            _("{url} is not encrypted.").format(url=configuration.platform_url),
            _("Put a TLS server in front and set FAIRPOST_PLATFORM_URL to https://..."),
        )
    return Finding("platform address", "ok", configuration.platform_url)
