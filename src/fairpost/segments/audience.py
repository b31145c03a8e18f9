"""An audience says whom a campaign addresses, as ids of lists and segments, before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class Audience:
    """(everyone, or any of the lists and segments) minus any of the excluded lists and segments."""

    everyone: bool = False
    lists: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()
    exclude_lists: tuple[int, ...] = ()
    exclude_segments: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The audience as a JSON object; `from_json` reads it back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Audience:
        """Reads what `to_json` wrote. Raises `Invalid` on unknown keys or on anything but ids."""
        unknown = set(data) - {each.name for each in fields(cls)}
        if unknown:
            raise Invalid(_("An audience has no {key!r}.").format(key=sorted(unknown)[0]), field=sorted(unknown)[0])
        if not isinstance(data.get("everyone", False), bool):
            raise Invalid(_("In an audience, everyone is true or false."), field="everyone")
        ids = {name: ids_of(name, value) for name, value in data.items() if name != "everyone"}
        return cls(everyone=data.get("everyone", False), **ids)


def ids_of(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)) or not all(type(each) is int for each in value):
        raise Invalid(_("In an audience, {name} must be a list of ids.").format(name=name), field=name)
    return tuple(value)
