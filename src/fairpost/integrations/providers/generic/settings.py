"""A generic hook has a secret and no settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NEEDS_SECRET = True
INSTALLATION = True


def check_settings(given: Mapping[str, str]) -> dict[str, Any]:
    if given:
        raise Invalid(_("A hook of this provider has no settings."), field="settings")
    return {}
