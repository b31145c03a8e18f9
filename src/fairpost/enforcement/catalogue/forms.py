"""The forms that values in JSON must have, said before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, mark

IN_WORDS: dict[type, str] = {
    str: mark("a text"),
    bool: mark("true or false"),
    int: mark("a number"),
    list: mark("a list"),
    Mapping: mark("an object"),
}


def check_form(value: Any, form: type, field: str) -> None:
    """Raises Invalid where a value is of another form; true is no number."""
    if not isinstance(value, form) or (form is int and isinstance(value, bool)):
        raise Invalid(_("{field} must be {form}.").format(field=field, form=_(IN_WORDS[form])), field=field)


def check_forms(data: Any, forms: Mapping[str, type], place: str) -> None:
    """The same for an object and those of its values that are not null. `place` may be empty."""
    check_form(data, Mapping, place or "JSON")
    for name, value in data.items():
        if name in forms and value is not None:
            check_form(value, forms[name], f"{place}.{name}" if place else str(name))
