"""Who posts here what they know: one folder per provider, each with the same files.

`settings.py` says what a hook of it needs, `verify.py` whether a post is genuine, `read.py` what it says, and
README.md what it is for. A provider is added by its folder and its line in PROVIDERS.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.integrations.outgoing.client import Outgoing
from fairpost.integrations.providers.happenings import Happening
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _, mark

PROVIDERS: dict[str, str] = {
    "ses": mark("Amazon SES through SNS: bounces and complaints of mail that Amazon sent"),
    "generic": mark("bounces and complaints as JSON from any program, signed with a shared secret"),
    "donations": mark("donations and refunds as JSON from any platform, signed with a shared secret"),
}


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook as a provider's files see it. `secret` is empty where the provider signs with a key of its own."""

    hook_id: str
    account_id: int | None
    provider: str
    secret: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """The functions of one folder.

    `check_settings(given)` returns what is kept, or raises `Invalid`. `needs_secret` says whether posts are signed with
    a secret of ours, `installation` whether a hook may serve every account. `verify(headers, body, hook, now, client)`
    returns the id that the provider gave the post, raises `Invalid` where it is not genuine and `NotReached` where that
    could not be found out; names of headers are in lower case, `now` is when the post came. `read(body)` returns what a
    genuine post says and raises `Invalid` where it cannot be read.
    """

    name: str
    needs_secret: bool
    installation: bool
    check_settings: Callable[[Mapping[str, str]], dict[str, Any]]
    verify: Callable[[Mapping[str, str], bytes, Hook, datetime, type[Outgoing]], str]
    read: Callable[[bytes], Sequence[Happening]]


def provider(name: str) -> Provider:
    """Raises NotFound, with the names there are."""
    if name not in PROVIDERS:
        raise NotFound(
            _("There is no provider {name}.").format(name=repr(name[:40])),
            hint=_("There are: {names}.").format(names=", ".join(PROVIDERS)),
        )
    settings, verify, read = (
        importlib.import_module(f"{__name__}.{name}.{part}") for part in ("settings", "verify", "read")
    )
    return Provider(
        name, settings.NEEDS_SECRET, settings.INSTALLATION, settings.check_settings, verify.verify, read.read
    )
