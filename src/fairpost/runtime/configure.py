"""Reads the settings of this process from the environment and the settings file."""

from __future__ import annotations

import os
import tomllib
from dataclasses import fields
from pathlib import Path

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Invalid

FILE_VARIABLE = "FAIRPOST_SETTINGS"


def load_configuration(environ: dict[str, str] | os._Environ[str] = os.environ) -> Configuration:
    """The process's configuration: environment first, then the file of FAIRPOST_SETTINGS, then defaults."""
    stored = read_settings_file(environ.get(FILE_VARIABLE, ""))
    values = {}
    for each in fields(Configuration):
        given = environ.get(f"FAIRPOST_{each.name.upper()}")
        if given is None and each.name == "database_url":
            given = environ.get("DATABASE_URL")
        if given is None:
            given = stored.pop(each.name, None)
        else:
            stored.pop(each.name, None)
        if given is not None:
            values[each.name] = typed(each.name, given, type(each.default))
    if stored:
        raise Invalid(
            f"Unknown setting {sorted(stored)[0]!r} in the settings file.",
            hint="See docs/reference/settings.md.",
        )
    return Configuration(**values)


def read_settings_file(path: str) -> dict:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text())
    except OSError as error:
        raise Invalid(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The settings file {path} is not valid TOML: {error}.") from error


def typed(name: str, given: object, kind: type) -> object:
    if kind is int:
        try:
            return int(str(given))
        except ValueError:
            raise Invalid(f"Setting {name} must be a whole number, not {given!r}.") from None
    return str(given)
