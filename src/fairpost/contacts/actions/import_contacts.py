"""Imports contacts from a CSV file: starts, goes on, or cancels; what became contacts is decided in one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.imports.encoding import WIDE, Encoding, find_encoding, to_utf8
from fairpost.contacts.imports.merge import Merged, drop_erased, merge_staged
from fairpost.contacts.imports.opening import Wishes, make_plan
from fairpost.contacts.imports.plan import Plan
from fairpost.contacts.imports.run import Progress, Watch, fingerprint, folder_for, stage_file
from fairpost.contacts.imports.staging import create_staging, drop_staging, is_whole
from fairpost.contacts.membership import add_members
from fairpost.contacts.models import ContactAttribute, ContactImport
from fairpost.contacts.queries.imports import ImportSummary, import_summary, summary_of
from fairpost.contacts.scope import own_list
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


def nobody_watches(_progress: Progress) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """The file to import: where it lies, what to call it, and its encoding where somebody knows it."""

    path: Path
    name: str
    encoding: str = ""


def import_contacts(
    *,
    actor: Actor,
    account_id: int,
    source: Source,
    consent: str,
    list_id: int | None = None,
    unit_id: int | None = None,
    wishes: Wishes | None = None,
    watch: Watch = nobody_watches,
    clock: Clock | None = None,
    reason: str | None = None,
) -> ImportSummary:
    """Imports a file and returns what came of it. `consent` says where these people agreed to be mailed.

    Raises `Invalid` where the file cannot be read as a whole; single bad rows go to the rejects file instead. Stopped
    by an exception or a kill, the import stays as it was, and `resume_import` goes on; no contact has changed yet.
    """
    authorise(actor, "contacts.write", account_id=account_id, unit_id=unit_id, act="contacts.import")
    clock = clock or SystemClock()
    job = start(actor, account_id, source, consent, list_id, unit_id, wishes or Wishes(), clock, reason)
    return finish(actor, job, watch, clock)


def resume_import(
    *,
    actor: Actor,
    account_id: int,
    import_id: int,
    watch: Watch = nobody_watches,
    clock: Clock | None = None,
    reason: str | None = None,
) -> ImportSummary:
    """Goes on with an import that was stopped, from its last committed chunk; from the start where that was lost."""
    job = own_import(actor, account_id, import_id, act="contacts.import")
    if job.state != "staging":
        raise Conflict(
            _("Import {id} is {state}; there is nothing to go on with.").format(
                id=job.id, state=state_in_words(job.state)
            )
        )
    path = file_of(job)
    if not path.exists() or fingerprint(path) != job.fingerprint:
        raise Conflict(
            _("The file of import {id} is gone or has changed since: {path}.").format(id=job.id, path=job.path),
            hint=_("Put it back, or cancel this import and start a new one."),
        )
    if not is_whole(job.id, job.tally["staged"]):
        create_staging(job.id)
        begin_again(job)
    return finish(actor, job, watch, clock or SystemClock())


def cancel_import(
    *,
    actor: Actor,
    account_id: int,
    import_id: int,
    clock: Clock | None = None,
    reason: str | None = None,
) -> ImportSummary:
    """Drops what an unfinished import has staged. No contact was changed by it, and none will be."""
    job = own_import(actor, account_id, import_id, act="import.cancel")
    clock = clock or SystemClock()
    with transaction.atomic():
        cancelled = ContactImport.objects.filter(id=job.id, state="staging").update(
            state="cancelled", finished_at=clock.now()
        )
        if not cancelled:
            raise Conflict(_("Import {id} is {state} already.").format(id=job.id, state=state_in_words(job.state)))
        drop_staging(job.id)
        record(
            actor=actor,
            act="import.cancelled",
            account_id=account_id,
            subject=f"import:{job.id}",
            reason=reason,
            facts={"staged": job.tally["staged"]},
            clock=clock,
        )
    wide_copy(job.id).unlink(missing_ok=True)
    return import_summary(account_id, import_id)


def start(
    actor: Actor,
    account_id: int,
    source: Source,
    consent: str,
    list_id: int | None,
    unit_id: int | None,
    wishes: Wishes,
    clock: Clock,
    reason: str | None,
) -> ContactImport:
    """Looks at the file, makes the plan and the empty staging table."""
    consent = several_lines(consent, "consent")
    if list_id is not None:
        own_list(actor, account_id, list_id)
    path = readable(source.path)
    encoding = find_encoding(path, source.encoding)
    with transaction.atomic():
        job = ContactImport.objects.create(
            account_id=account_id,
            unit_id=unit_id,
            list_id=list_id,
            state="staging",
            file_name=source.name[:500],
            path=str(path),
            expected_size=path.stat().st_size,
            fingerprint=fingerprint(path),
            consent=consent,
            plan={},
            started_by=actor.name,
            created_at=clock.now(),
        )
        plan = plan_for(job, path, encoding, wishes, known_kinds(account_id))
        job.plan = plan.to_json()
        job.rejects_path = str(folder_for(settings.FAIRPOST.data_dir) / f"import-{job.id}-rejects.csv")
        job.offset, job.tally = beginning(job)
        job.save()
        create_staging(job.id)
        record(
            actor=actor,
            act="import.started",
            account_id=account_id,
            subject=f"import:{job.id}",
            reason=reason,
            facts={"list_id": list_id, "unit_id": unit_id, "bytes": job.expected_size},
            clock=clock,
        )
    return job


def plan_for(job: ContactImport, path: Path, encoding: Encoding, wishes: Wishes, kinds: Mapping[str, str]) -> Plan:
    """The plan; a file in UTF-16 or UTF-32 is copied as UTF-8 first, and the copy is what is read."""
    if encoding.name.replace("_", "-") not in WIDE:
        return make_plan(path, encoding, wishes, kinds)
    copy = wide_copy(job.id)
    to_utf8(path, encoding, copy)
    job.path, job.expected_size, job.fingerprint = str(copy), copy.stat().st_size, fingerprint(copy)
    return make_plan(copy, Encoding("utf-8"), wishes, kinds)


def finish(actor: Actor, job: ContactImport, watch: Watch, clock: Clock) -> ImportSummary:
    """Stages the rest and merges; from here on everything can be stopped and repeated."""
    stage_file(job, file_of(job), watch)
    tally = job.tally
    watch(Progress(job.offset, job.expected_size, tally["staged"], tally["rejected"], merging=True))
    # Staging may have taken long; what came into force meanwhile holds before the first contact changes.
    authorise(actor, "contacts.write", account_id=job.account_id, unit_id=job.unit_id, act="contacts.import")
    with transaction.atomic():
        held = ContactImport.objects.select_for_update().filter(id=job.id, state="staging", offset=job.offset).first()
        if held is None:
            raise Conflict(_("Import {id} was cancelled, or another process went on with it.").format(id=job.id))
        now = clock.now()
        plan = Plan.from_json(job.plan)
        with connection.cursor() as cursor:
            dropped = drop_erased(cursor, job.id, job.account_id, job.created_at)
            tally["staged"] -= dropped
            tally["rejected"] += dropped
            merged = merge_staged(cursor, job.id, job.account_id, plan.keep, now)
            if job.list_id is not None:
                own_list(actor, job.account_id, job.list_id)
                tally["joined_list"] = add_members(cursor, job.account_id, job.list_id, merged.members)
        declare_kinds(job.account_id, plan, clock)
        job.tally = {**tally, **counts(tally, merged)}
        job.state, job.finished_at = "done", now
        job.save()
        drop_staging(job.id)
        record(
            actor=actor,
            act="import.finished",
            account_id=job.account_id,
            subject=f"import:{job.id}",
            facts={key: value for key, value in job.tally.items() if isinstance(value, int)},
            clock=clock,
        )
    wide_copy(job.id).unlink(missing_ok=True)
    return summary_of(job)


def counts(tally: dict, merged: Merged) -> dict[str, int]:
    distinct = len(merged.members)
    return {
        "new": merged.new,
        "updated": merged.updated,
        "unchanged": merged.unchanged,
        "duplicates": tally["staged"] - distinct,
    }


def beginning(job: ContactImport) -> tuple[int, dict]:
    """(offset, tally) of an import that has read nothing but the header."""
    plan = Plan.from_json(job.plan)
    offset, line = plan.start(Path(job.path))
    return offset, {"staged": 0, "rejected": 0, "line": line, "rejects_size": 0, "reasons": {}}


def begin_again(job: ContactImport) -> None:
    before = job.offset
    job.offset, job.tally = beginning(job)
    if not ContactImport.objects.filter(id=job.id, offset=before).update(offset=job.offset, tally=job.tally):
        raise Conflict(_("Another process goes on with import {id}.").format(id=job.id))


def own_import(actor: Actor, account_id: int, import_id: int, *, act: str) -> ContactImport:
    job = ContactImport.objects.filter(account_id=account_id, id=import_id).first()
    unit_id = job.unit_id if job else actor.unit_id
    authorise(actor, "contacts.write", account_id=account_id, unit_id=unit_id, act=act)
    if job is None:
        raise NotFound(_("There is no import {id} in this account.").format(id=import_id))
    return job


def known_kinds(account_id: int) -> dict[str, str]:
    return dict(ContactAttribute.objects.filter(account_id=account_id).values_list("name", "kind"))


def declare_kinds(account_id: int, plan: Plan, clock: Clock) -> None:
    ContactAttribute.objects.bulk_create(
        [
            ContactAttribute(
                account_id=account_id, name=each.name, kind=each.kind.partition(":")[0], created_at=clock.now()
            )
            for each in plan.columns
        ],
        ignore_conflicts=True,
    )


def readable(path: Path) -> Path:
    path = path.absolute()
    if not path.is_file():
        raise Invalid(_("There is no file {path}.").format(path=path), field="file")
    try:
        path.open("rb").close()
    except OSError as error:
        raise Invalid(
            _("The file {path} cannot be read: {reason}.").format(path=path, reason=error.strerror), field="file"
        ) from error
    return path


def file_of(job: ContactImport) -> Path:
    return Path(job.path)


def wide_copy(import_id: int) -> Path:
    return folder_for(settings.FAIRPOST.data_dir) / f"import-{import_id}.utf8.csv"
