"""An ordinary user runs the embedded server with nothing but a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT

from fairpost.runtime.embedded.owner import Owner, reachable

NOBODY = Owner(64321, 64321)


def usable_interpreter() -> str:
    """A Python of this version that another user can run: this one, or the system's."""
    for candidate in (Path(sys.executable).resolve(), Path("/usr/bin/python3")):
        if candidate.exists() and reachable(candidate, NOBODY):
            said = subprocess.run([candidate, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True)
            if said.stdout.decode().strip() == str(sys.version_info[:2]):
                return str(candidate)
    return ""


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the whole run is an ordinary user's already")


@pytest.fixture
def owner():
    """A user with a name, as initdb wants it, and no rights at all."""
    import pwd

    entry = pwd.getpwnam("daemon")
    return Owner(entry.pw_uid, entry.pw_gid)


@needs_root
def test_start_migrate_and_stop_as_an_ordinary_user(owner):
    interpreter = usable_interpreter()
    if not interpreter or not reachable(ROOT / "src" / "fairpost" / "x", owner):
        pytest.skip("no Python of this version, or not this source, can be read by another user here")
    folder = Path(tempfile.mkdtemp(prefix="fp-"))
    os.chown(folder, owner.uid, owner.gid)
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), sysconfig.get_paths()["purelib"]]),
        "FAIRPOST_DATA_DIR": str(folder),
        "FAIRPOST_DATABASE_OPTIONS": "fsync=off; shared_buffers=32MB",
    }

    def fairpost(*arguments):
        done = subprocess.run(
            [interpreter, "-B", "-m", "fairpost.runtime", *arguments],
            cwd="/",
            env=environment,
            user=owner.uid,
            group=owner.gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        started = json.loads(fairpost("db", "start", "--json"))
        assert Path(f"/proc/{started['pid']}").stat().st_uid == owner.uid
        assert json.loads(fairpost("db", "migrate", "--json"))["applied"] > 0
        assert json.loads(fairpost("db", "status", "--json"))["answers"] is True
    finally:
        fairpost("db", "stop")
        shutil.rmtree(folder)
