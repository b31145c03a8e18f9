"""Checks that this Python has the packages that Fairpost stands on."""

from __future__ import annotations

import importlib.metadata
import platform

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding

NEEDED = ("cryptography", "django", "psycopg", "granian", "pyroaring", "mrml", "python-liquid")


def check(_configuration: Configuration) -> Finding:
    missing = [name for name in NEEDED if not installed(name)]
    if missing:
        return Finding(
            "python",
            "error",
            _("Packages are missing: {names}.").format(names=", ".join(missing)),
            _("Install requirements/app.txt into this environment."),
        )
    return Finding("python", "ok", f"Python {platform.python_version()}, {platform.machine()}")


def installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
