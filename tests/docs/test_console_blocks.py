"""Every command that the documents show is run, in order, and must succeed.

A block of the language `console` holds lines that begin with `$ `; a line that ends with a backslash goes
on in the next. All blocks of one document run in one shell, one after the other, with a data folder and a
database of their own (how-to guides begin with tables that are up to date) and an SMTP sink on a free port
(environment: SINK_PORT) that records into `received/`. An HTML comment `<!-- not run: reason -->` right
before a block takes it out: what needs another machine or a package manager.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT

BLOCK = re.compile(r"(?P<skip><!-- not run: [^>]+ -->\s*)?^```console\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST = 300


def commands(document: Path) -> list[str]:
    found = []
    for block in BLOCK.finditer(document.read_text()):
        if not block["skip"]:
            body = block["body"].replace("\\\n", " ")
            found += [line[2:].strip() for line in body.splitlines() if line.startswith("$ ")]
    return found


def new_place() -> tuple[Path, dict[str, str]]:
    """A folder of its own, with this environment's programs first in the path and nothing of the caller's settings."""
    folder = Path(tempfile.mkdtemp(prefix="fp-docs-"))
    folder.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("FAIRPOST_", "DATABASE_URL"))}
    binds = ("WEB", "MAILIN", "EDGE")
    return folder, environment | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FAIRPOST_DATA_DIR": str(folder / "fairpost-data"),
        **{f"FAIRPOST_{each}_BIND": f"127.0.0.1:{free_port()}" for each in binds},
        "FAIRPOST_DATABASE_OPTIONS": "fsync=off; shared_buffers=128MB",
        "SINK_PORT": str(free_port()),
    }


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """A data folder whose tables are up to date and whose database stands still, to be copied."""
    folder, environment = new_place()
    status, said = run("fairpost db migrate\nfairpost db stop", folder, environment)
    assert status == 0, said
    yield folder / "fairpost-data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place(request):
    """Where one document is run, with a sink that listens."""
    folder, environment = new_place()
    if request.node.callspec.params["document"].parent.name == "howto":
        ready = request.getfixturevalue("prepared")
        subprocess.run(["cp", "-a", str(ready), environment["FAIRPOST_DATA_DIR"]], check=True)
    sink = subprocess.Popen(
        [sys.executable, "-m", "fairpost.runtime", "sink", "--port", environment["SINK_PORT"], "--record", "received"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_open(int(environment["SINK_PORT"]), sink)
        yield folder, environment
    finally:
        sink.terminate()
        sink.wait(timeout=10)
        run("fairpost db stop", folder, environment)
        shutil.rmtree(folder, ignore_errors=True)


def run(script: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Runs the lines in one shell that stops at the first failure; then ends whatever it left in the background."""
    process = subprocess.Popen(
        ["bash", "-exo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _nothing = process.communicate(timeout=LONGEST)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, said


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port: int, process: subprocess.Popen) -> None:
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "the sink has ended"
            time.sleep(0.05)
    raise AssertionError("the sink does not listen")


@pytest.mark.parametrize(
    "document",
    [each for each in DOCUMENTS if commands(each)],
    ids=lambda document: str(document.relative_to(ROOT)),
)
def test_every_command_shown_works(document, place):
    folder, environment = place
    status, said = run("\n".join(commands(document)), folder, environment)
    assert status == 0, said


def test_every_console_block_is_run_or_says_why_not():
    for document in DOCUMENTS:
        text = document.read_text()
        assert len(re.findall(r"^```console$", text, re.MULTILINE)) == len(list(BLOCK.finditer(text))), document
        for block in BLOCK.finditer(text):
            assert any(line.startswith("$ ") for line in block["body"].splitlines()), document


def test_links_between_documents_lead_somewhere():
    dead = []
    for document in [*DOCUMENTS, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            if not (document.parent / target).exists():
                dead.append(f"{document.relative_to(ROOT)} -> {target}")
    assert not dead
