"""The system user that the embedded server runs as: never root.

PostgreSQL refuses to run as root, and initdb needs a user that has a name. As an ordinary user the server
is that user's. As root it is the owner of the cluster where there is one, else the user `fairpost` where
the machine has it, else `nobody`.
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _

PREFERRED = ("fairpost", "nobody")


@dataclass(frozen=True, slots=True)
class Owner:
    """The user and group ids of the server's processes and files."""

    uid: int
    gid: int

    def drop(self) -> dict[str, Any]:
        """Arguments for `subprocess` that make a child run as this user, without root's other groups."""
        if os.geteuid() != 0:
            return {"umask": 0o077}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}


def owner_of(cluster: Path) -> Owner:
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    try:
        found = cluster.stat()
    except FileNotFoundError:
        found = None
    if found is not None and found.st_uid != 0:
        return Owner(found.st_uid, found.st_gid)
    return unprivileged()


def unprivileged() -> Owner:
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Owner(entry.pw_uid, entry.pw_gid)
    raise Unavailable(
        _("PostgreSQL does not run as root, and this machine has no user named fairpost or nobody."),
        hint=_("Add one (useradd --system fairpost) or name a server in DATABASE_URL."),
    )


def reachable(path: Path, owner: Owner) -> bool:
    """Whether the owner may pass through every folder above `path`, by permission bits (no access lists)."""
    if os.geteuid() != 0:
        return True
    for folder in path.absolute().parents:
        found = folder.stat()
        if found.st_uid == owner.uid:
            bit = 0o100
        elif found.st_gid == owner.gid:
            bit = 0o010
        else:
            bit = 0o001
        if not found.st_mode & bit:
            return False
    return True
