"""An import runs from the offset it has reached to the end of its file, then merges; stopped anywhere, it can go on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction

from fairpost.contacts.erased import erased_addresses
from fairpost.contacts.imports.plan import Plan
from fairpost.contacts.imports.records import read_chunk
from fairpost.contacts.imports.rejects import append_rejects
from fairpost.contacts.imports.staging import copy_rows
from fairpost.contacts.imports.staging_rows import Staged, Stager
from fairpost.contacts.models import ContactImport
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _

CHUNK = 10_000
HOPELESS = 10_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: bytes of the file, rows staged and rejected, and whether it merges now."""

    done: int
    size: int
    staged: int
    rejected: int
    merging: bool = False


Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Piece:
    staged: Staged
    offset: int
    next_line: int


def stage_file(job: ContactImport, path: Path, watch: Watch) -> None:
    """Stages the rest of the file; each chunk with its offset and counts in one transaction.

    While the server takes one chunk, the next is read in a thread.
    """
    plan = Plan.from_json(job.plan)
    with connection.cursor() as cursor:
        erased = erased_addresses(cursor, job.account_id)
    with path.open("rb") as file:
        file.seek(job.offset)
        for piece in pieces(file, Stager(plan, erased), job.tally["line"]):
            keep_piece(job, piece)
            tally = job.tally
            refuse_hopeless(tally)
            watch(Progress(job.offset, job.expected_size, tally["staged"], tally["rejected"]))


def pieces(file: BinaryIO, stager: Stager, line: int) -> Iterator[Piece]:
    plan = stager.plan

    def following(line: int) -> Piece | None:
        chunk = read_chunk(file, line, CHUNK, plan.encoding, plan.delimiter)
        if not chunk.rows and not chunk.broken:
            return None
        return Piece(stager.stage(chunk), chunk.offset, chunk.next_line)

    with ThreadPoolExecutor(1) as ahead:
        waiting = ahead.submit(following, line)
        while piece := waiting.result():
            waiting = ahead.submit(following, piece.next_line)
            yield piece


def keep_piece(job: ContactImport, piece: Piece) -> None:
    """Rows, offset and counts together; rejects before, where a repeat writes over them."""
    staged = piece.staged
    tally = dict(job.tally)
    if staged.rejects:
        tally["rejects_size"] = append_rejects(Path(job.rejects_path), staged.rejects, tally["rejects_size"])
    tally["staged"] += staged.count
    tally["rejected"] += len(staged.rejects)
    tally["line"] = piece.next_line
    for each in staged.rejects:
        reasons = tally["reasons"]
        if each.reason in reasons or len(reasons) < 50:
            reasons[each.reason] = reasons.get(each.reason, 0) + 1
    with transaction.atomic(), connection.cursor() as cursor:
        # A lost last chunk is read again; nothing waits for the disk before the merge.
        cursor.execute("SET LOCAL synchronous_commit = off")
        # Compare and set: a second process on the same import, or a cancellation, ends this one.
        moved = ContactImport.objects.filter(id=job.id, state="staging", offset=job.offset).update(
            offset=piece.offset, tally=tally
        )
        if not moved:
            raise Conflict(_("Import {id} was cancelled, or another process goes on with it.").format(id=job.id))
        if staged.data:
            copy_rows(cursor, job.id, staged.data)
    job.offset, job.tally = piece.offset, tally


def refuse_hopeless(tally: dict) -> None:
    if tally["rejected"] >= HOPELESS and tally["rejected"] > 9 * tally["staged"]:
        reason = max(tally["reasons"], key=tally["reasons"].get)
        raise Invalid(
            _("More than nine of ten rows were refused, most often: {reason}.").format(reason=reason),
            hint=_("Check encoding, delimiter and columns, cancel this import and start it anew."),
        )


def fingerprint(path: Path) -> str:
    """Tells whether a file is still the same: hash of its size, beginning and end."""
    size = path.stat().st_size
    found = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        found.update(file.read(1 << 16))
        file.seek(max(0, size - (1 << 16)))
        found.update(file.read(1 << 16))
    return found.hexdigest()


def folder_for(data_dir: str) -> Path:
    folder = Path(data_dir) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    return folder
