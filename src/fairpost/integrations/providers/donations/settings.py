"""A hook for donations has a secret and no settings; posts name their platform themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NEEDS_SECRET = True
INSTALLATION = False  # whose donation it is, is the account's whose hook took it


def check_settings(given: Mapping[str, str]) -> dict[str, Any]:
    if given:
        raise Invalid(_("A hook of this provider has no settings."), field="settings")
    return {}
