"""The words of one language: sentences with placeholders, filled so that no value can be more than a value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from fairpost.enforcement.notices.page import one_line
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _

LANGUAGES = ("en", "fr", "it", "es", "de")


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language (texts/<language>.toml); `zone` is what local times are told in."""

    language: str
    tables: Mapping[str, Mapping[str, str]]
    zone: ZoneInfo

    def say(self, table: str, key: str, **values: object) -> str:
        """The sentence `key` of `table`, filled. Times are told in both zones; other values become one line."""
        told = {
            name: self.moment(value) if isinstance(value, datetime) else one_line(value)
            for name, value in values.items()
        }
        return self.tables[table][key].format(**told)

    def line(self, key: str, **values: object) -> str:
        return self.say("line", key, **values)

    def name(self, table: str, key: str) -> str:
        """The word for a code; the code itself, as one line, where the table has none."""
        return self.tables[table].get(key) or one_line(key)

    def moment(self, at: datetime) -> str:
        """`at` in the account's zone with its offset, and in UTC."""
        dates = self.tables["date"]
        utc = self.date_time(at.astimezone(UTC))
        local = at.astimezone(self.zone)
        if str(self.zone) in ("UTC", "Etc/UTC"):
            return dates["utc"].format(utc=utc)
        sign = f"{local:%z}"
        offset = f"{sign[:3]}:{sign[3:5]}"
        return dates["zoned"].format(local=self.date_time(local), zone=self.zone, offset=offset, utc=utc)

    def date_time(self, at: datetime) -> str:
        dates = self.tables["date"]
        day = dates["first_day"] if at.day == 1 else at.day
        return dates["moment"].format(day=day, month=dates["months"][at.month - 1], year=at.year, time=f"{at:%H:%M}")


def words_of(language: str, zone: str = "UTC") -> Words:
    """The words of a language. Raises Conflict where notices cannot be written in it: nothing may be held then."""
    code = language.replace("_", "-").partition("-")[0].lower()
    if code not in LANGUAGES:
        raise Conflict(
            _("No notice can be written in the language {language}, so this cannot come into force.").format(
                language=repr(language)
            ),
            field="language",
            hint=_("Choose one of {all} for whoever is to be told.").format(all=", ".join(LANGUAGES)),
        )
    return Words(code, tables_of(code), ZoneInfo(zone))


@cache
def tables_of(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
