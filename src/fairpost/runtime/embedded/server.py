"""Starts, stops and watches the embedded server; any number of processes may ask at once."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.runtime.embedded import processes
from fairpost.runtime.embedded.cluster import check_version, data_argument, make_cluster
from fairpost.runtime.embedded.owner import Owner, owner_of
from fairpost.runtime.embedded.place import (
    DATABASE,
    PORT,
    Connection,
    Place,
    place_of,
    read_connection,
    socket_folder,
    write_connection,
)
from fairpost.runtime.embedded.software import Software, software_for
from fairpost.runtime.embedded.tuning import server_settings

LONGEST_RECOVERY = 900.0
LARGEST_LOG = 10_000_000


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What the embedded server is doing: `running` means that its postmaster lives."""

    running: bool
    pid: int | None
    folder: str
    socket: str
    log: str


def status(configuration: Configuration) -> ServerStatus:
    place = place_of(configuration)
    pid = processes.postmaster(place.cluster)
    known = read_connection(place) if place.home.exists() else None
    return ServerStatus(
        pid is not None, pid, str(place.cluster), known.socket if known else "", str(place.log_file)
    )


def start(configuration: Configuration) -> bool:
    """Starts the server unless it runs, waits until it answers, and says whether it had to be started.

    It runs on in the background after this process ends. Errors: `Unavailable` with the server's last
    words, `Conflict` for a cluster of another major version.
    """
    place = place_of(configuration)
    make_home(place)
    with locked(place):
        if processes.postmaster(place.cluster) is not None and becomes_ready(place, None):
            return False
        processes.clear_orphans(place.cluster)
        owner = owner_of(place.cluster)
        software = software_for(owner, place.home)
        prepare(place, owner, software)
        remove_stale_files(place)
        if not becomes_ready(place, launch(configuration, place, owner, software)):
            raise Unavailable(
                _("The embedded database did not start: {said}").format(said=last_words(place)),
                hint=_("Its log is {file}.").format(file=place.log_file),
            )
        make_database(place)
    return True


def stop(configuration: Configuration, patience: float = 60) -> bool:
    """Ends the server, says whether it ran; sessions are closed and what they had not committed is undone."""
    place = place_of(configuration)
    if not place.home.exists():
        return False
    with locked(place):
        pid = processes.postmaster(place.cluster)
        if pid is None:
            processes.clear_orphans(place.cluster)
            return False
        processes.end(pid, signal.SIGINT)
        if processes.wait_until_gone(place.cluster, patience):
            processes.end(pid, signal.SIGQUIT)
            processes.clear_orphans(place.cluster)
        return True


def make_home(place: Place) -> None:
    try:
        place.home.mkdir(mode=0o755, parents=True, exist_ok=True)
        place.home.chmod(0o711)
    except OSError as error:
        raise Unavailable(
            _("The data folder {folder} cannot be used: {why}.").format(
                folder=place.home.parent, why=error.strerror
            ),
            hint=_("Set FAIRPOST_DATA_DIR to a folder of your own."),
        ) from error


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Holds the lock that lets one process at a time start or stop the server."""
    try:
        file = os.fdopen(os.open(place.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
    except PermissionError as error:
        raise Unavailable(
            _("The embedded database in {folder} belongs to another user.").format(folder=place.home),
            hint=_("Run this as that user, or set FAIRPOST_DATA_DIR to a folder of your own."),
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare(place: Place, owner: Owner, software: Software) -> None:
    """Cluster, password and socket folder, each made where it is missing."""
    known = read_connection(place)
    if not (place.cluster / "PG_VERSION").exists():
        known = Connection(secrets.token_urlsafe(24), "")
        write_connection(place, known)
        make_cluster(place, owner, software, known.password)
    elif known is None:
        raise Unavailable(
            _("The password of the database in {folder} is lost: {file} is missing.").format(
                folder=place.cluster, file=place.connection_file
            ),
            hint=_("Bring the file back from a backup of the data folder."),
        )
    check_version(place, software)
    folder = str(socket_folder(place, owner))
    if folder != known.socket:
        write_connection(place, Connection(known.password, folder))


def remove_stale_files(place: Place) -> None:
    """Removes what a killed server left, now that no process of it lives.

    PostgreSQL itself judges such a file by whether any process has the number in it, and refuses to start
    where a stranger (or the unburied server) has it.
    """
    known = read_connection(place)
    assert known is not None
    (place.cluster / "postmaster.pid").unlink(missing_ok=True)
    for suffix in ("", ".lock"):
        Path(known.socket, f".s.PGSQL.{PORT}{suffix}").unlink(missing_ok=True)


def launch(configuration: Configuration, place: Place, owner: Owner, software: Software) -> subprocess.Popen:
    """Runs the server in a session of its own, so that a terminal's Ctrl-C does not reach it."""
    known = read_connection(place)
    assert known is not None
    socket = Path(known.socket)
    settings = server_settings(configuration, place.home) | {
        "listen_addresses": "",
        "port": str(PORT),
        # The server stands in its cluster; a path relative to it needs no right to walk the folders above.
        "unix_socket_directories": "../socket" if socket.parent == place.home else str(socket),
        "unix_socket_permissions": "0700",
    }
    command = [software.program("postgres"), "-D", data_argument(place.cluster, owner)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    rotate(place.log_file)
    with open(place.log_file, "ab") as log:
        return subprocess.Popen(
            command, cwd=place.cluster, env=software.environment(), stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True, **owner.drop(),
        )  # fmt: skip


def rotate(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > LARGEST_LOG:
        log_file.replace(log_file.with_suffix(".log.1"))


def becomes_ready(place: Place, process: subprocess.Popen | None) -> bool:
    """Waits until the server takes sessions (recovery may take minutes); False where it has ended instead.

    `process` is the server that was just launched; None means one that was found running, which may be dying.
    """
    known = read_connection(place)
    assert known is not None
    deadline = time.monotonic() + LONGEST_RECOVERY
    while time.monotonic() < deadline:
        try:
            psycopg.connect(known.url("postgres"), connect_timeout=5).close()
            return True
        except psycopg.OperationalError:
            if process.poll() is not None if process else processes.postmaster(place.cluster) is None:
                return False
        time.sleep(0.03)
    raise Unavailable(
        _("The embedded database takes no sessions: {said}").format(said=last_words(place)),
        hint=_("Its log is {file}.").format(file=place.log_file),
    )


def last_words(place: Place) -> str:
    try:
        lines = place.log_file.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    telling = [line for line in lines[-20:] if "FATAL" in line or "ERROR" in line]
    return (telling or lines or [""])[-1]


def make_database(place: Place) -> None:
    known = read_connection(place)
    assert known is not None
    with psycopg.connect(known.url("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
