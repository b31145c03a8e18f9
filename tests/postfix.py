"""A real Postfix for tests: its own queue, configuration and log in a temporary folder, on a port of its own.

It takes mail for every domain and delivers all of it into one Maildir. Recipients whose local part begins with
`unknown` are accepted by its SMTP server and bounced afterwards, so that a genuine bounce comes back to the sender's
address, in the same Maildir. Its master process needs root.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from fairpost.engine.ports import RelayAddress

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = {tls}
smtpd_tls_chain_files = {certificate}
smtputf8_enable = yes
message_size_limit = 50000000
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}
virtual_mailbox_maps = regexp:{folder}/etc/mailboxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_mailbox_limit = 0
alias_maps =
local_recipient_maps =
{extra}
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""

MAILBOXES = """\
if !/^unknown/
/./ Maildir/
endif
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running instance. `relay` is its address for the client; `folder` holds everything it has."""

    folder: Path
    port: int

    @property
    def relay(self) -> RelayAddress:
        return RelayAddress("127.0.0.1", self.port)

    def messages(self) -> list[EmailMessage]:
        """Everything delivered so far, parsed; `Delivered-To` and `Return-Path` hold the envelope."""
        new = sorted((self.folder / "Maildir" / "new").glob("*"))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in new]

    def wait_for(self, count: int, seconds: float = 20.0) -> list[EmailMessage]:
        """The messages once there are `count`, or what is there when the time is over."""
        self._until(lambda: len(list((self.folder / "Maildir" / "new").glob("*"))) >= count, seconds)
        return self.messages()

    def log(self) -> str:
        path = self.folder / "log" / "mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for_log(self, pattern: str, seconds: float = 20.0) -> str:
        """The log once `pattern` (a regular expression) is in it, or as it is when the time is over."""
        self._until(lambda: re.search(pattern, self.log()) is not None, seconds)
        return self.log()

    def queue_ids(self) -> list[str]:
        """Queue ids of the messages in the queue now."""
        out = self.command("postqueue", "-p")
        return re.findall(r"^([0-9A-Za-z]+)[*!]? ", out, re.MULTILINE)

    def hold(self, queue_id: str) -> None:
        self.command("postsuper", "-h", queue_id)

    def delete(self, queue_id: str) -> None:
        self.command("postsuper", "-d", queue_id)

    def set(self, **parameters: str) -> None:
        """Changes parameters of main.cf and reloads, e.g. `set(defer_transports="virtual")`."""
        self.command("postconf", "-e", *(f"{key}={value}" for key, value in parameters.items()))
        self.command("postfix", "reload")

    def command(self, program: str, *arguments: str) -> str:
        command = [program, "-c", str(self.folder / "etc"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}\n{self.log()}"
        return done.stdout

    def start(self) -> None:
        self.command("postfix", "start")
        self._until(self._listens, 20.0)
        assert self._listens(), f"Postfix does not listen on port {self.port}\n{self.log()}"

    def stop(self) -> None:
        """Stops it, by force where asking does not help, and waits until its master is gone."""
        master = self._master()
        with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
            self.command("postfix", "stop")
        if master and not self._until(lambda: not Path(f"/proc/{master}").exists(), 5.0):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(master, signal.SIGKILL)

    def _master(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            return int((self.folder / "queue" / "pid" / "master.pid").read_text())
        return 0

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _until(self, ready: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True


def why_not() -> str:
    """Why there can be no Postfix here; empty where there can. With CI=true its absence is a failure, not a skip."""
    if shutil.which("postfix") is None:
        return "Postfix is not installed (apt-get install postfix)"
    return "" if os.geteuid() == 0 else "Postfix's master process needs root"


def overridden(main: str, extra: str) -> str:
    """`main` with the parameters of `extra` in the place of its own.

    Named twice, each process warns of it when it starts, the one that writes the log too: that one can wait for ever
    for its own full socket.
    """
    own = {line.partition("=")[0].strip() for line in extra.splitlines()}
    kept = [line for line in main.splitlines() if line.partition("=")[0].strip() not in own]
    return "\n".join([*kept, extra])


@contextlib.contextmanager
def running_postfix(*, certificate: Path | None = None, extra: str = "") -> Iterator[Postfix]:
    """A Postfix that runs while the context lasts. `certificate` (PEM, key first) turns STARTTLS on."""
    folder = Path(tempfile.mkdtemp(prefix="fairpost-postfix-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        postfix = Postfix(folder, probe.getsockname()[1])
    for name, owner in (("etc", ""), ("log", ""), ("queue", ""), ("data", "postfix"), ("Maildir", "nobody")):
        (folder / name).mkdir()
        if owner:
            shutil.chown(folder / name, owner)
    pem = ""
    if certificate is not None:
        pem = str(shutil.copy(certificate, folder / "etc" / "server.pem"))
    main = MAIN.format(folder=folder, tls="may" if pem else "none", certificate=pem, extra="")
    (folder / "etc" / "main.cf").write_text(overridden(main, extra))
    (folder / "etc" / "master.cf").write_text(MASTER.format(port=postfix.port))
    (folder / "etc" / "mailboxes").write_text(MAILBOXES)
    try:
        postfix.start()
        yield postfix
    finally:
        postfix.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postfix() -> Iterator[Postfix]:
    """One Postfix for the whole run. Import it into a test module or conftest to use it."""
    reason = why_not()
    if reason:
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    with running_postfix() as running:
        yield running
