"""A pack of events is columns of numbers, each taken apart into its octets and compressed; nothing is lost.

Events lie in order of time, and of a time the distance to the one before is kept: most of its octets are zeros then.
"""

from __future__ import annotations

import zlib

import numpy as np

# `at`: microseconds since 1970-01-01 UTC; the rest as in the table event.
EVENT = np.dtype([("at", "<i8"), ("ordinal", "<u4"), ("link", "<i2"), ("kind", "u1"), ("machine", "u1")])
FIRST = np.dtype([("at", "<i8"), ("ordinal", "<u4"), ("count", "<u4")])
COLUMNS = (("at", "<u8"), ("ordinal", "<u4"), ("link", "<u2"), ("kind", "u1"), ("machine", "u1"))


def pack(events: np.ndarray) -> bytes:
    """Some events (an array of EVENT, in any order) as octets."""
    events = np.sort(events, order=("at", "ordinal", "kind", "link", "machine"))
    first = np.zeros(1, dtype=FIRST)
    if len(events):
        first["at"], first["ordinal"], first["count"] = events["at"][0], events["ordinal"].min(), len(events)
    columns = {name: events[name] for name, _kind in COLUMNS}
    columns["at"] = np.diff(events["at"], prepend=first["at"])
    columns["ordinal"] = events["ordinal"] - first["ordinal"]
    octets = b"".join(apart(columns[name].astype(kind)) for name, kind in COLUMNS)
    return first.tobytes() + zlib.compress(octets, 6)


def apart(column: np.ndarray) -> bytes:
    """First the lowest octet of every number, then the next of each."""
    return column.view("u1").reshape(len(column), column.itemsize).T.tobytes()


def unpack(packed: bytes) -> np.ndarray:
    """What `pack` was given, in order of time."""
    first = np.frombuffer(packed, dtype=FIRST, count=1)[0]
    octets = np.frombuffer(zlib.decompress(packed[FIRST.itemsize :]), dtype="u1")
    events, place, count = np.empty(first["count"], dtype=EVENT), 0, int(first["count"])
    for name, kind in COLUMNS:
        width = np.dtype(kind).itemsize
        column = np.ascontiguousarray(octets[place : place + width * count].reshape(width, count).T).view(kind)
        events[name] = column.reshape(count).astype(EVENT[name])
        place += width * count
    events["at"] = np.cumsum(events["at"]) + first["at"]
    events["ordinal"] += first["ordinal"]
    return events
