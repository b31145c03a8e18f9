"""What came of imports: one summary each, with every count that adds up to the rows of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fairpost.contacts.models import ContactImport
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """`staged` rows were accepted: new + updated + unchanged + duplicates, once `state` is done.

    `kinds` says what each column was taken for; `guessed` which of them nobody declared. `rejects_file` is empty where
    nothing was rejected.
    """

    import_id: int
    state: str
    file_name: str
    consent: str
    encoding: str
    delimiter: str
    header: bool
    kinds: dict[str, str]
    guessed: list[str]
    staged: int
    rejected: int
    new: int
    updated: int
    unchanged: int
    duplicates: int
    kept_of_duplicates: str
    joined_list: int
    reasons: dict[str, int]
    rejects_file: str
    percent: int
    created_at: datetime
    finished_at: datetime | None


def import_summary(account_id: int, import_id: int) -> ImportSummary:
    """One import of the account. Raises `NotFound`."""
    job = ContactImport.objects.filter(account_id=account_id, id=import_id).first()
    if job is None:
        raise NotFound(_("There is no import {id} in this account.").format(id=import_id))
    return summary_of(job)


def recent_imports(account_id: int, before: int | None = None, limit: int = 50) -> list[ImportSummary]:
    """The account's imports, newest first; `before` is the last id of the page before."""
    rows = ContactImport.objects.filter(account_id=account_id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [summary_of(job) for job in rows[:limit]]


def summary_of(job: ContactImport) -> ImportSummary:
    plan, tally = job.plan, job.tally
    columns = plan["columns"]
    return ImportSummary(
        import_id=job.id,
        state=job.state,
        file_name=job.file_name,
        consent=job.consent,
        encoding=plan["encoding"],
        delimiter=plan["delimiter"],
        header=plan["header"],
        kinds={each["name"]: each["kind"] for each in columns},
        guessed=[each["name"] for each in columns if each["guessed"]],
        staged=tally["staged"],
        rejected=tally["rejected"],
        new=tally.get("new", 0),
        updated=tally.get("updated", 0),
        unchanged=tally.get("unchanged", 0),
        duplicates=tally.get("duplicates", 0),
        kept_of_duplicates=plan["keep"],
        joined_list=tally.get("joined_list", 0),
        reasons=tally["reasons"],
        rejects_file=job.rejects_path if tally["rejected"] and Path(job.rejects_path).exists() else "",
        percent=100 * job.offset // max(1, job.expected_size),
        created_at=job.created_at,
        finished_at=job.finished_at,
    )
