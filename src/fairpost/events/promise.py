"""The promise that keeps an unsubscribe true while an edge has lost the database and senders have not.

Senders lease nothing while an edge is silent (`delivery/gate/edges.py`). So an edge may acknowledge an unsubscribe
that only its own disk knows once it is silent for them, and not before: until then it waits for the fold. How long
that is stands in a file that the folding process writes and every serving process reads, as memory they share.

A serving process asks after its record is on disk. The folding process extends the promise before it reads the spools
to their ends, and it commits only under a promise that never ran out in between. So a record that was acknowledged
alone is always among those that are folded before the edge is seen again. And a record that was on disk before a fold
began is folded when that fold is committed.

Times are CLOCK_BOOTTIME, which another start of the machine begins anew: a promise of an earlier one counts as made
at that moment.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from pathlib import Path

from fairpost.kernel.clock import boottime

NAME = "promise"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MARGIN = 0.25  # seconds: for clocks that do not run alike

# Each is one aligned word, so no reader sees half of a change.
_UNTIL, _REGISTERED, _FOLDED, _LINKS, _HITS_BEHIND = range(5)
_WORDS = struct.Struct("@5d16s")


class Promise:
    """The shared words of the edge whose folder this is. `silence` is the seconds after which senders stop leasing."""

    def __init__(self, folder: Path, silence: float) -> None:
        self.life = silence + MARGIN
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.adopt(file, this_boot())
            self.memory = mmap.mmap(file, _WORDS.size)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # the memory keeps a copy of the handle, and with it the lock
            os.close(file)
        self.words = memoryview(self.memory)[: 5 * 8].cast("d")

    def adopt(self, file: int, boot: bytes) -> None:
        """Makes the file, or carries over what an earlier start of the machine had promised."""
        stored = os.pread(file, _WORDS.size, 0)
        if len(stored) < _WORDS.size:
            os.pwrite(file, _WORDS.pack(0.0, 0.0, 0.0, 0.0, 0.0, boot), 0)
        elif stored[-16:] != boot:
            registered = _WORDS.unpack(stored)[_REGISTERED]
            os.pwrite(file, _WORDS.pack(boottime() + self.life, registered, 0.0, 0.0, 0.0, boot), 0)

    def close(self) -> None:
        self.words.release()
        self.memory.close()

    # for serving processes

    def holds(self, written: float) -> bool:
        """Whether a wish that was on disk at `written` may be acknowledged: it is folded, or the promise is over."""
        return self.words[_FOLDED] > written or self.is_over()

    def is_over(self) -> bool:
        """Whether what is on disk may be acknowledged without the database. The time is taken before the promise."""
        now = boottime()
        return now > self.words[_UNTIL] and self.words[_REGISTERED] == 1.0

    def database_age(self) -> float | None:
        """Seconds since the last fold that was committed began; None where there was none since the machine started."""
        return since(self.words[_FOLDED])

    def links_age(self) -> float | None:
        """Seconds since the local copy of links was last complete."""
        return since(self.words[_LINKS])

    @property
    def hits_behind(self) -> int:
        """Octets of hits that are spooled and not folded yet, as the folding process saw it last."""
        return int(self.words[_HITS_BEHIND])

    # for the folding process

    @property
    def until(self) -> float:
        return self.words[_UNTIL]

    def hold_until(self, moment: float) -> None:
        """From now on nothing is acknowledged alone before this moment (CLOCK_BOOTTIME)."""
        self.words[_UNTIL] = moment

    def register(self, registered: bool) -> None:
        """Whether senders wait for this edge; where they do not, nothing may be acknowledged alone at all."""
        self.words[_REGISTERED] = float(registered)

    def folded(self, begun: float) -> None:
        """All that was on disk when this fold began (CLOCK_BOOTTIME, before the first spool was read) is committed."""
        self.words[_FOLDED] = begun

    def links_complete(self) -> None:
        self.words[_LINKS] = boottime()

    def set_hits_behind(self, octets: int) -> None:
        self.words[_HITS_BEHIND] = float(octets)


def since(moment: float) -> float | None:
    return boottime() - moment if moment else None


def this_boot() -> bytes:
    return bytes.fromhex(BOOT_ID.read_text().strip().replace("-", ""))
