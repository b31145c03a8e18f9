"""Checks that the data folder can be written and has room."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding

GIBIBYTE = 1024**3
TOO_LITTLE = 1 * GIBIBYTE
LITTLE = 10 * GIBIBYTE


def check(configuration: Configuration) -> Finding:
    folder = Path(configuration.data_dir).absolute()
    standing = folder
    while not standing.exists():
        standing = standing.parent
    try:
        tempfile.TemporaryFile(dir=standing).close()
    except OSError:
        return Finding(
            "data folder",
            "error",
            _("{folder} cannot be written by this user.").format(folder=folder),
            _("Set FAIRPOST_DATA_DIR to a folder of your own, or run as the user that owns this one."),
        )
    free = shutil.disk_usage(standing).free
    room = _("{folder} has {free:.1f} GiB free.").format(folder=folder, free=free / GIBIBYTE)
    if free < TOO_LITTLE:
        return Finding("data folder", "error", room, _("Free some space: the database stops when the disk is full."))
    if free < LITTLE:
        return Finding("data folder", "warning", room, _("Leave at least 10 GiB for the database and journals."))
    return Finding("data folder", "ok", room)
