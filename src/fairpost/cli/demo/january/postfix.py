"""A Postfix of the replay's own, where this machine has one and allows it: its queue is what a measure reaches into."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairpost.kernel.text import _

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
myhostname = relay.localhost
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = permit_mynetworks, reject
enable_long_queue_ids = yes
relayhost = [127.0.0.1]:{far}
"""
SERVICES = (
    "pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
    "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce", "verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap", "showq unix n - n - - showq", "error unix - - n - - error",
    "retry unix - - n - - error", "smtp unix - - n - - smtp", "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache", "tlsmgr unix - - n 1000? 1 tlsmgr", "postlog unix-dgram n - n - 1 postlogd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running one, whose mail goes nowhere until `deliver_to` says where."""

    folder: Path
    port: int

    @property
    def access(self) -> dict[str, str]:
        """How Fairpost reaches its queue."""
        return {"config_directory": str(self.folder / "etc"), "log": str(self.folder / "log" / "mail.log")}

    def deliver_to(self, port: int) -> None:
        """From now on it hands its mail to this port, and tries all of its queue at once."""
        self.run("postconf", "-e", f"relayhost=[127.0.0.1]:{port}")
        self.run("postfix", "reload")
        self.run("postqueue", "-f")

    def run(self, program: str, *arguments: str) -> str:
        command = [program, "-c", str(self.folder / "etc"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def why_not() -> str:
    """Why there can be no Postfix here; empty where there can."""
    if shutil.which("postfix") is None:
        return _("no Postfix is installed here")
    return "" if os.geteuid() == 0 else _("Postfix needs root")


@contextmanager
def running() -> Iterator[Postfix]:
    """A Postfix that runs while the block lasts, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="fairpost-replay-"))
    folder.chmod(0o755)
    port, nowhere = free_port(), free_port()
    for name in ("etc", "log", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder, far=nowhere))
    services = (f"127.0.0.1:{port} inet n - n - - smtpd", *SERVICES)
    (folder / "etc" / "master.cf").write_text("\n".join(services) + "\n")
    postfix = Postfix(folder, port)
    try:
        postfix.run("postfix", "start")
        yield postfix
    finally:
        subprocess.run(["postfix", "-c", str(folder / "etc"), "stop"], capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
