"""The server's processes as the kernel knows them, found by the folder they stand in (Linux, proc(5))."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path


def postmaster(cluster: Path) -> int | None:
    """The process id of the running postmaster of this cluster, or None.

    A `postmaster.pid` that was left behind names a process that is gone or is another program by now; so
    the process must really be a PostgreSQL that stands in this cluster.
    """
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if stands_in(pid, cluster) else None


def stands_in(pid: int, cluster: Path) -> bool:
    try:
        same = os.path.samefile(f"/proc/{pid}/cwd", cluster)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    return same and state != "Z" and name.startswith("postgres")


def members(cluster: Path) -> list[int]:
    """Every PostgreSQL process that stands in this cluster: postmaster and its children."""
    if not cluster.exists():
        return []
    return [int(each) for each in os.listdir("/proc") if each.isdigit() and stands_in(int(each), cluster)]


def wait_until_gone(cluster: Path, seconds: float) -> list[int]:
    """Waits for all processes of the cluster to end; returns those that are left."""
    deadline = time.monotonic() + seconds
    while left := members(cluster):
        if time.monotonic() >= deadline:
            return left
        time.sleep(0.02)
    return []


def clear_orphans(cluster: Path, patience: float = 2) -> None:
    """Waits for the children that a killed postmaster left; kills those that do not end.

    They hold the old shared memory: a new server must not start beside them. Without a postmaster they can
    do nothing useful any more, and the log replays what they had committed.
    """
    for pid in wait_until_gone(cluster, patience):
        end(pid, signal.SIGKILL)
    wait_until_gone(cluster, 30)


def end(pid: int, by: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, by)
