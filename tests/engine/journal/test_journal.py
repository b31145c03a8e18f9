"""The journal: what was written is read back, torn tails are left alone, and a lock tells the living from the dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from fairpost.engine.journal.reader import JournalReader
from fairpost.engine.journal.record import SIZE, Kind, pack, parse, whole_records
from fairpost.engine.journal.writer import JournalWriter

KEY = (1, 2, 3, 0)


def test_a_record_is_read_back_as_it_was_written():
    packed = pack(Kind.OUTCOME, KEY, 77, 12.5, state=1, code=250, enhanced=(2, 0, 0), relay=4, text=b"\nqueued as A1")
    assert len(packed) == SIZE
    row = parse(packed)[0]
    assert (row["kind"], row["state"], row["ordinal"], row["code"], row["relay"]) == (Kind.OUTCOME, 1, 77, 250, 4)
    assert (row["account"], row["campaign"], row["batch"], row["part"]) == KEY
    assert list(row["enhanced"]) == [2, 0, 0] and row["at"] == 12.5 and row["text"] == b"\nqueued as A1"


def test_a_long_reply_goes_on_in_further_records():
    text = bytes(range(65, 91)) * 12
    rows = parse(pack(Kind.OUTCOME, KEY, 7, 1.0, text=text))
    assert [int(kind) for kind in rows["kind"]] == [Kind.OUTCOME] + [Kind.CONTINUED] * (len(rows) - 1)
    assert b"".join(rows["text"].tolist()) == text


@pytest.mark.parametrize("cut", [1, 50, SIZE - 1])
def test_a_torn_tail_is_not_read(cut):
    data = pack(Kind.INTENT, KEY, 1, 1.0) + pack(Kind.INTENT, KEY, 2, 1.0)
    assert whole_records(data[:-cut]) == SIZE


def test_a_damaged_record_ends_the_reading():
    data = bytearray(pack(Kind.INTENT, KEY, 1, 1.0) + pack(Kind.INTENT, KEY, 2, 1.0) + pack(Kind.INTENT, KEY, 3, 1.0))
    data[SIZE + 20] ^= 1
    assert whole_records(bytes(data)) == SIZE


def test_what_waits_goes_out_before_what_is_written_now(tmp_path: Path):
    writer = JournalWriter(tmp_path / "a.journal")
    writer.add(pack(Kind.OUTCOME, KEY, 1, 1.0))
    writer.write_now(pack(Kind.INTENT, KEY, 2, 1.0))
    reader = JournalReader(tmp_path / "a.journal")
    assert parse(reader.read(0))["ordinal"].tolist() == [1, 2]
    assert reader.read(SIZE) == pack(Kind.INTENT, KEY, 2, 1.0)


def write_for_ever(path: Path) -> None:
    writer = JournalWriter(path)
    number = 0
    while True:
        number += 1
        writer.write_now(pack(Kind.INTENT, KEY, number, 1.0))
        time.sleep(0.001)


def test_a_killed_writer_leaves_whole_records_and_an_open_lock(tmp_path: Path):
    path = tmp_path / "a.journal"
    process = multiprocessing.get_context("spawn").Process(target=write_for_ever, args=(path,))
    process.start()
    while not path.exists() or path.stat().st_size < 20 * SIZE:
        time.sleep(0.01)
    reader = JournalReader(path)
    assert not reader.writer_is_dead()
    os.kill(process.pid, signal.SIGSTOP)
    assert not reader.writer_is_dead(), "a frozen process still has its journal"
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert reader.writer_is_dead()
    seen = parse(reader.read(0))["ordinal"].tolist()
    assert seen == list(range(1, len(seen) + 1)) and len(seen) >= 20
