"""Runs Postfix's own programs on queue ids: without a shell, ids on standard input, at most half a minute."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fairpost.delivery.reach.adapter import OutOfReach
from fairpost.kernel.text import _

PATIENCE = 30.0
QUEUE_ID = re.compile(r"[A-Za-z0-9]{6,20}")
SAID = re.compile(rb"^postsuper: ([A-Za-z0-9]{6,20}): (?:placed on hold|released from hold|removed)\r?$", re.MULTILINE)
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
HOLD, RELEASE, DELETE = "-h", "-H", "-d"


@dataclass(frozen=True, slots=True)
class Queued:
    """One message in Postfix's queue: `queue` is incoming, active, deferred or hold."""

    queue_id: str
    queue: str
    sender: str


class Programs:
    """postsuper and postqueue of one Postfix."""

    def __init__(self, access: Mapping[str, str]) -> None:
        self.access = access

    def change(self, act: str, queue_ids: Iterable[str], *queues: str) -> set[str]:
        """Holds, releases or deletes; returns the ids that postsuper says it found in these queues (default: all)."""
        asked = {each for each in queue_ids if QUEUE_ID.fullmatch(each)}
        if not asked:
            return set()
        command = [self.program("postsuper"), "-c", self.access["config_directory"], act, "-", *queues]
        # Files, not pipes: it says a line for each id, and would wake us for every one of them.
        with tempfile.TemporaryFile() as ids, tempfile.TemporaryFile() as said:
            ids.write("".join(f"{each}\n" for each in asked).encode())
            ids.seek(0)
            try:
                done = subprocess.run(
                    command,
                    stdin=ids,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env=ENVIRONMENT,
                    cwd="/",
                    timeout=PATIENCE,
                    start_new_session=True,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise OutOfReach(_("postsuper could not be run: {error}.").format(error=short(str(error)))) from None
            said.seek(0)
            lines = said.read()
        if done.returncode:
            raise OutOfReach(_("postsuper failed: {error}.").format(error=last_line(lines)))
        return {each.decode() for each in SAID.findall(lines)} & asked

    def listing(self) -> Iterator[Queued]:
        """What is queued; what moves to another queue meanwhile may be missing, or come twice."""
        command = [self.program("postqueue"), "-c", self.access["config_directory"], "-j"]
        try:
            listing = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise OutOfReach(_("postqueue could not be run: {error}.").format(error=short(str(error)))) from None
        timer = threading.Timer(PATIENCE, listing.kill)
        timer.start()
        try:
            assert listing.stdout is not None and listing.stderr is not None
            for line in listing.stdout:
                yield from read_entry(line)
            complaint = listing.stderr.read(10_000)
            if listing.wait():
                raise OutOfReach(_("postqueue failed: {error}.").format(error=last_line(complaint)))
        finally:
            timer.cancel()
            listing.kill()
            listing.communicate()

    def program(self, name: str) -> str:
        """The path of one program. Raises OutOfReach where it is not there or could be replaced by others."""
        path = self.access[name]
        try:
            found = os.stat(path)
        except OSError as error:
            raise OutOfReach(_("{path}: {error}.").format(path=path, error=error.strerror)) from None
        if not stat.S_ISREG(found.st_mode) or not os.access(path, os.X_OK):
            raise OutOfReach(_("{path} is no program that can be run here.").format(path=path))
        if found.st_mode & 0o022 or found.st_uid not in (0, os.geteuid()):
            raise OutOfReach(
                _("{path} can be changed by others than its owner and root; it is not run.").format(path=path)
            )
        return path


def read_entry(line: bytes) -> Iterator[Queued]:
    """One line of `postqueue -j`; nothing where it is none (cut off, or with an id that is no queue id)."""
    try:
        entry = json.loads(line)
        queued = Queued(str(entry["queue_id"]), str(entry["queue_name"]), str(entry["sender"]))
    except (ValueError, KeyError, TypeError):
        return
    if QUEUE_ID.fullmatch(queued.queue_id):
        yield queued


def last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return short(lines[-1] if lines else _("it said nothing"))


def short(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)[:200].rstrip(".")
