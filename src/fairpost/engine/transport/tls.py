"""TLS for relays: verified against the host name that was asked for, unless switched off."""

from __future__ import annotations

import ssl

from fairpost.engine.ports import RelayAddress


def context_for(relay: RelayAddress) -> ssl.SSLContext:
    """A client context, TLS 1.2 or newer. Raises OSError where `ca_file` cannot be read."""
    context = ssl.create_default_context(cafile=relay.ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not relay.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
