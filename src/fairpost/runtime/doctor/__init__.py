"""The doctor: one check per file; each says what it found and how to mend it, none changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import FairpostError
from fairpost.runtime.doctor import (
    clock,
    data_folder,
    database,
    dns,
    edges,
    key_ring,
    open_files,
    platform_address,
    python,
    relay_queues,
    relays,
    tables,
    web,
)
from fairpost.runtime.doctor.finding import Finding

CHECKS: dict[str, Callable[[Configuration], Finding]] = {
    "python": python.check,
    "data folder": data_folder.check,
    "key ring": key_ring.check,
    "database": database.check,
    "tables": tables.check,
    "clock": clock.check,
    "dns": dns.check,
    "relays": relays.check,
    "relay queues": relay_queues.check,
    "platform address": platform_address.check,
    "web": web.check,
    "edge": edges.check,
    "open files": open_files.check,
}


def examine(configuration: Configuration) -> Iterator[Finding]:
    """Runs every check, in order; one that cannot be made is an error of its own."""
    for name, check in CHECKS.items():
        try:
            yield check(configuration)
        except FairpostError as error:
            yield Finding(name, "error", error.message, error.hint or "")
