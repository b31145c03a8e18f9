"""Codes of clauses and names of classes stand in addresses and labels, so they are short and plain."""

from __future__ import annotations

import re

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 60
LABEL = re.compile(r"(?P<name>[a-z][a-z0-9-]*)(@(?P<version>[1-9][0-9]{0,8}))?")


def checked_name(value: str, field: str) -> str:
    """`value`, proven to be small letters and digits with single hyphens between. Raises Invalid."""
    if len(value) > LONGEST or not NAME.fullmatch(value):
        raise Invalid(
            _("{value} cannot be a {field}: it begins with a small letter and holds up to {most} small letters,"
              " digits and single hyphens.").format(value=repr(value), field=field, most=LONGEST),
            field=field,
        )  # fmt: skip
    return value


def label(name: str, version: int) -> str:
    """The one short way to say which version is meant: `name@version`."""
    return f"{name}@{version}"


def split_label(value: str) -> tuple[str, int | None]:
    """Name and version of `name@version`; None where only a name is given. ("", None) where it is neither."""
    match = LABEL.fullmatch(value.strip())
    if not match:
        return "", None
    return match["name"], int(match["version"]) if match["version"] else None
