"""Short names, languages and time zones are among those the product knows."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

# Notices of enforcement speak all of them; pages and commands fall back to English where they have no catalogue.
LANGUAGES = ("en", "fr", "it", "es", "de")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,48}[a-z0-9]")


def slug_of(value: str, field: str = "slug") -> str:
    """A short name for commands and addresses: never all digits, so that it cannot be taken for an id."""
    if not SLUG.fullmatch(value):
        raise Invalid(
            _("{field}: {value} is not a short name.").format(field=field, value=repr(value)),
            field=field,
            hint=_("Use 2 to 50 small letters, digits and hyphens; begin with a letter."),
        )
    return value


def known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise Invalid(
            _("There is no language {value} here.").format(value=repr(value)),
            field="language",
            hint=_("Choose one of {all}.").format(all=", ".join(LANGUAGES)),
        )
    return value


def known_time_zone(value: str) -> str:
    """A name of the IANA time zone database."""
    if value not in time_zones():
        raise Invalid(
            _("There is no time zone {value}.").format(value=repr(value)),
            field="time_zone",
            hint=_("Give a name such as Europe/Zurich."),
        )
    return value


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
