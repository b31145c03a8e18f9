"""A post is genuine if it is signed with the hook's secret, and was signed when it came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fairpost.integrations.outgoing.client import Outgoing
from fairpost.integrations.providers import Hook
from fairpost.integrations.webhooks.signing import check_signature


def verify(headers: Mapping[str, str], body: bytes, hook: Hook, now: datetime, _client: type[Outgoing]) -> str:
    """The webhook-id of a genuine post; raises Invalid with what is wrong with it (Standard Webhooks 1.0)."""
    return check_signature(hook.secret, headers, body, now)
