"""Where the embedded server keeps its cluster, its socket and its password.

    <data_dir>/postgres/cluster/          the cluster, owned by the server's user
    <data_dir>/postgres/connection.json   password and socket folder, mode 0600, for whoever runs Fairpost
    <data_dir>/postgres/lock              held while the server is started or stopped
    <data_dir>/postgres/server.log        what the server says

The socket lies in the data folder where its path is short enough for `sun_path` (108 bytes, unix(7)); else
in /run for root, in XDG_RUNTIME_DIR or /tmp for others, under a name made of a hash of the data folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.runtime.embedded.owner import Owner

DATABASE = "fairpost"
USER = "fairpost"
PORT = 5432
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}.lock")


@dataclass(frozen=True, slots=True)
class Place:
    """The files and folders of one embedded server."""

    home: Path

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def connection_file(self) -> Path:
        return self.home / "connection.json"

    @property
    def lock_file(self) -> Path:
        return self.home / "lock"

    @property
    def log_file(self) -> Path:
        return self.home / "server.log"


@dataclass(frozen=True, slots=True)
class Connection:
    """How clients reach the server."""

    password: str
    socket: str

    def url(self, database: str = DATABASE) -> str:
        host = quote(self.socket, safe="/")
        return f"postgresql://{USER}:{quote(self.password)}@/{database}?host={host}&port={PORT}"


def place_of(configuration: Configuration) -> Place:
    return Place(Path(configuration.data_dir).absolute() / "postgres")


def embedded_url(configuration: Configuration) -> str:
    """The address of the embedded server's database; starts nothing.

    Before the first start there is no password yet and the address has none.
    """
    place = place_of(configuration)
    known = read_connection(place)
    if known is None:
        return (
            f"postgresql://{USER}@/{DATABASE}?host={quote(str(place.home / 'socket'), safe='/')}&port={PORT}"
        )
    return known.url()


def read_connection(place: Place) -> Connection | None:
    try:
        stored = json.loads(place.connection_file.read_text())
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Unavailable(
            _("The embedded database in {folder} belongs to another user.").format(folder=place.home),
            hint=_("Run this as that user, or set FAIRPOST_DATA_DIR to a folder of your own."),
        ) from error
    return Connection(stored["password"], stored["socket"])


def write_connection(place: Place, connection: Connection) -> None:
    """Stores it in a file that only this user can read, complete or not at all."""
    fresh = place.connection_file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"password": connection.password, "socket": connection.socket}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place.connection_file)


def socket_folder(place: Place, owner: Owner) -> Path:
    """A folder for the socket that only the server's user and we can use; made where it is missing."""
    inside = place.home / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return private_folder(inside, owner)
    mark = hashlib.sha256(os.fsencode(place.home)).hexdigest()[:16]
    return private_folder(runtime_folder() / f"fairpost-{os.geteuid()}-{mark}", owner)


def runtime_folder() -> Path:
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.geteuid() == 0:
        given = "/run"
    if given and len(os.fsencode(given)) <= 40 and os.access(given, os.W_OK | os.X_OK):
        return Path(given)
    return Path("/tmp")


def private_folder(path: Path, owner: Owner) -> Path:
    """Makes `path` a folder of mode 0700 that belongs to `owner`, and refuses what somebody else put there.

    The folder is opened without following links and judged by its descriptor, so a link or a folder of
    another user at this name (in /tmp anybody can make one) is never used.
    """
    try:
        path.mkdir(mode=0o700)
        made = True
    except FileExistsError:
        made = False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise Unavailable(not_ours(path)) from error
    try:
        found = os.fstat(descriptor)
        ours = {owner.uid} if os.geteuid() else {owner.uid, 0}
        if found.st_uid not in ours or (not made and stat.S_IMODE(found.st_mode) & 0o077):
            raise Unavailable(not_ours(path))
        if found.st_uid != owner.uid:
            os.fchown(descriptor, owner.uid, owner.gid)
        os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)
    return path


def not_ours(path: Path) -> str:
    return _("{path} exists but is not a private folder of the database's user; remove it.").format(path=path)
