"""Exports the record with its seals and heads, so that an outside auditor can check the chain alone."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from fairpost.audit.actions.record import record
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.export.lines import Choice, Stretch, lines, stretch
from fairpost.audit.permission import require
from fairpost.audit.queries.heads import heads
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _

EXPLAINED = Path(__file__).parents[1] / "export" / "explained.txt"
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """`events` of the sequences from `first` to `last` lie in `path`, a folder or one .zip file."""

    path: str
    first: int
    last: int
    events: int


def export_record(
    *,
    actor: Actor,
    out: Path,
    account_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    reasons: bool = False,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Exported:
    """Writes record.jsonl, heads.jsonl, manifest.json and README.md to `out`, a new folder or a new .zip file.

    Without `reasons` there is no personal data in it. The export is on record itself before its first line.
    Raises Conflict where `out` exists, NotFound where nothing is to be exported.
    """
    require(actor, "audit.read", account_id=account_id)
    if out.exists():
        raise Conflict(_("{path} exists already.").format(path=out), hint=_("Name a folder or file that is new."))
    note_export(actor, account_id, since, until, reasons, reason, clock)
    seal_events(clock)
    choice = Choice(account_id, since, until)
    with connection.cursor() as cursor:
        part = stretch(cursor, choice)
        manifest = {**asdict(part), **choice.values(), "reasons": reasons, "exported_at": clock.now()}
        write(out, part, manifest, lines(cursor, choice, part, reasons))
    return Exported(str(out), part.first, part.last, part.events)


def note_export(
    actor: Actor,
    account_id: int | None,
    since: datetime | None,
    until: datetime | None,
    reasons: bool,
    reason: str | None,
    clock: Clock,
) -> None:
    with transaction.atomic():
        record(
            actor=actor,
            act="record.exported",
            account_id=account_id,
            subject=f"account:{account_id}" if account_id is not None else "installation",
            reason=reason,
            facts={"since": since and str(since), "until": until and str(until), "reasons": reasons},
            clock=clock,
        )


def write(out: Path, part: Stretch, manifest: dict[str, object], record_lines: Iterable[str]) -> None:
    """All files in a folder beside `out`, which takes its name at the end: half an export never stands there."""
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise Invalid(
            _("{path} cannot be written: {error}.").format(path=out, error=error.strerror), field="out"
        ) from error
    try:
        write_lines(draft / "record.jsonl", record_lines)
        write_lines(draft / "heads.jsonl", head_lines(part))
        write_lines(draft / "manifest.json", [json.dumps(manifest, default=str, indent=1)])
        write_lines(draft / "README.md", EXPLAINED.read_text().splitlines())
        if out.suffix == ".zip":
            zipped(draft, out)
        else:
            draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_lines(path: Path, written: Iterable[str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in written)


def zipped(folder: Path, out: Path) -> None:
    draft = folder / "all.zip"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.iterdir()):
            if each != draft:
                archive.write(each, each.name)
    draft.rename(out)


def head_lines(part: Stretch) -> Iterator[str]:
    after = part.first - 1
    while page := heads(after, PAGE):
        for head in page:
            if head.sequence > part.last:
                return
            yield json.dumps({"sequence": head.sequence, "hash": head.hash, "at": head.at.isoformat()})
        after = page[-1].sequence
