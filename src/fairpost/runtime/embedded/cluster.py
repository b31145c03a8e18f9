"""Makes the cluster on first start, complete or not at all: scram-sha-256, builtin C.UTF-8, checksums."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from fairpost.kernel.errors import Conflict, Unavailable
from fairpost.kernel.text import _
from fairpost.runtime.embedded.owner import Owner, reachable
from fairpost.runtime.embedded.place import USER, Place
from fairpost.runtime.embedded.software import Software

STANDING_IN = "/proc/self/cwd"


def data_argument(cluster: Path, owner: Owner) -> str:
    """How the server names its data folder.

    Where root's closed folders stand above it, the server's user cannot walk the path, but a process that
    was started inside the folder can name it as its own working directory; nobody's permissions are widened
    for that.
    """
    return str(cluster) if reachable(cluster, owner) else STANDING_IN


def make_cluster(place: Place, owner: Owner, software: Software, password: str) -> None:
    """Runs initdb in a folder beside the final one and renames it once it is whole."""
    fresh = place.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    secret = place.home / "initdb-password"
    secret.unlink(missing_ok=True)
    fresh.mkdir(mode=0o700)
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)
    if os.geteuid() == 0:
        os.chown(fresh, owner.uid, owner.gid)
        os.chown(secret, owner.uid, owner.gid)
    try:
        run_initdb(fresh, owner, software)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    finally:
        secret.unlink(missing_ok=True)
    fresh.rename(place.cluster)


def run_initdb(fresh: Path, owner: Owner, software: Software) -> None:
    command = [
        software.program("initdb"), "--pgdata", data_argument(fresh, owner), "--username", USER, "--pwfile",
        "../initdb-password", "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale-provider", "builtin",
        "--builtin-locale", "C.UTF-8", "--locale", "C", "--data-checksums",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=fresh, env=software.environment(), capture_output=True, text=True, **owner.drop()
    )
    if done.returncode:
        raise Unavailable(
            _("The embedded database could not be made in {folder}: {said}").format(
                folder=fresh.parent, said=done.stderr.strip().rpartition("\n")[2]
            )
        )


def check_version(place: Place, software: Software) -> None:
    """Refuses a cluster of another major version: PostgreSQL cannot open it."""
    made_by = int((place.cluster / "PG_VERSION").read_text().split(".")[0])
    brought = software.major_version()
    if made_by != brought:
        raise Conflict(
            _(
                "The database in {folder} was made by PostgreSQL {made_by}; this Fairpost brings {brought}."
            ).format(folder=place.cluster, made_by=made_by, brought=brought),
            hint=_(
                "Dump it with PostgreSQL {made_by}'s pg_dump, move the folder away, start, and restore."
            ).format(made_by=made_by),
        )
