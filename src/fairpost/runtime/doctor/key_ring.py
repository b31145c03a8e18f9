"""Checks that the key ring can be read by this user and by nobody else."""

from __future__ import annotations

import stat
from pathlib import Path

from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding


def check(configuration: Configuration) -> Finding:
    path = Path(configuration.keyring or Path(configuration.data_dir) / "keyring.json")
    if not path.exists():
        return Finding(
            "key ring",
            "warning",
            _("There is no key ring at {path} yet; it is made with the first key.").format(path=path),
            _("On a further machine of one installation, copy the key ring from the first before you send."),
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding(
            "key ring",
            "error",
            _("Others can read {path} (mode {mode:o}): it opens every private key.").format(path=path, mode=mode),
            f"chmod 600 {path}",
        )
    KeyRing.open(path)
    return Finding(
        "key ring", "ok", _("{path} can be read by its owner only. Keep a copy elsewhere.").format(path=path)
    )
