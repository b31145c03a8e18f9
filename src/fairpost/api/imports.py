"""Imports that came by the API wait in a table; a periodic job of the worker runs them and clears up after them.

So a request ends at once, an import goes on where it was when its worker is killed, and no web process is
busy with it. The file lies in the data folder of the machine that took it: its worker runs the import.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from fairpost.api.schemas.contacts import ImportWishes
from fairpost.api.uploads import kept_upload
from fairpost.contacts.actions.import_contacts import Source, own_import, resume_import
from fairpost.contacts.actions.import_contacts import cancel_import as cancel_action
from fairpost.contacts.actions.start_import import start_import
from fairpost.contacts.imports.opening import Wishes
from fairpost.contacts.queries.imports import ImportSummary, import_summary
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, FairpostError
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _

log = structlog.get_logger(__name__)

# By the primary key, but WAITING by the partial index on created_at.
PUT = """
INSERT INTO api_upload (account_id, import_id, path, actor, created_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (account_id, import_id) DO UPDATE SET problem = '', actor = EXCLUDED.actor
"""
PROBLEMS = "SELECT import_id, problem FROM api_upload WHERE account_id = %s AND import_id = ANY(%s)"
WAITING = "SELECT account_id, import_id, path, actor FROM api_upload WHERE problem = '' ORDER BY created_at"
GIVE_UP = "UPDATE api_upload SET problem = %s WHERE account_id = %s AND import_id = %s"
REMOVE = "DELETE FROM api_upload WHERE account_id = %s AND import_id = %s RETURNING path"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One import to run, for whoever asked for it."""

    account_id: int
    import_id: int
    path: str
    actor: Actor


def accept_import(actor: Actor, account_id: int, file: UploadedFile, asked: ImportWishes) -> dict[str, Any]:
    """Takes a file in and makes its import; the worker reads it."""
    wishes = Wishes(
        delimiter=asked.delimiter,
        header=asked.header,
        columns=asked.columns,
        kinds=asked.kinds,
        refuse_roles=not asked.role_addresses,
        keep=asked.keep,
    )
    name = (file.name or "")[:500]
    with kept_upload(file) as path, transaction.atomic():
        summary = start_import(
            actor=actor,
            account_id=account_id,
            source=Source(path, name, asked.encoding),
            consent=asked.consent,
            list_id=asked.list_id,
            unit_id=asked.unit_id if asked.unit_id is not None else actor.unit_id,
            wishes=wishes,
            reason=asked.reason,
        )
        put(actor, account_id, summary.import_id, str(path))
    return told(account_id, [summary])[0]


def go_on(actor: Actor, account_id: int, import_id: int) -> dict[str, Any]:
    """Has the worker go on with an import that was given up, or that a command left behind."""
    job = own_import(actor, account_id, import_id, act="contacts.import")
    if job.state != "staging":
        raise Conflict(
            _("Import {id} is {state}; there is nothing to go on with.").format(
                id=job.id, state=state_in_words(job.state)
            )
        )
    put(actor, account_id, import_id, "")
    return told(account_id, [import_summary(account_id, import_id)])[0]


@transaction.atomic
def cancel(actor: Actor, account_id: int, import_id: int, reason: str | None) -> dict[str, Any]:
    """Drops what an unfinished import has staged, and its file."""
    summary = cancel_action(actor=actor, account_id=account_id, import_id=import_id, reason=reason)
    clear(account_id, import_id)
    return told(account_id, [summary])[0]


def told(account_id: int, summaries: list[ImportSummary]) -> list[dict[str, Any]]:
    """Imports with what the queue knows of them: those that wait, those that were given up and why."""
    with connection.cursor() as cursor:
        cursor.execute(PROBLEMS, [account_id, [each.import_id for each in summaries]])
        problems = dict(cursor.fetchall())
    return [with_problem(each, problems.get(each.import_id)) for each in summaries]


def with_problem(summary: ImportSummary, problem: str | None) -> dict[str, Any]:
    known = asdict(summary)
    if summary.state == "staging" and problem:
        known["state"] = "given_up"
    elif summary.state == "staging" and problem == "" and not summary.staged + summary.rejected:
        known["state"] = "waiting"
    return {**known, "problem": problem or ""}


def put(actor: Actor, account_id: int, import_id: int, path: str) -> None:
    who = {**asdict(actor), "capabilities": sorted(actor.capabilities)}
    with connection.cursor() as cursor:
        cursor.execute(PUT, [account_id, import_id, path, json.dumps(who), SYSTEM_CLOCK.now()])


def clear(account_id: int, import_id: int) -> None:
    """Takes an import out of the queue; its file goes when that is committed."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [account_id, import_id])
        row = cursor.fetchone()
    if row and row[0]:
        transaction.on_commit(lambda: Path(row[0]).unlink(missing_ok=True))


def run_imports(clock: Clock = SYSTEM_CLOCK) -> int:
    """Runs every import that waits, one after the other; the periodic job. Returns how many ended."""
    return sum(run_one(each, clock) for each in waiting())


def waiting() -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        rows = cursor.fetchall()
    return [Waiting(account, number, path, actor_from(json.loads(actor))) for account, number, path, actor in rows]


def actor_from(stored: dict[str, Any]) -> Actor:
    return Actor(**{**stored, "capabilities": frozenset(stored["capabilities"])})


def run_one(each: Waiting, clock: Clock) -> bool:
    """What cannot be imported is given up with its reason; what a lost database cut short is tried again."""
    try:
        resume_import(actor=each.actor, account_id=each.account_id, import_id=each.import_id, clock=clock)
    except FairpostError as error:
        if import_summary(each.account_id, each.import_id).state == "staging":
            log.warning("import.given_up", account_id=each.account_id, import_id=each.import_id)
            with connection.cursor() as cursor:
                cursor.execute(GIVE_UP, [str(error), each.account_id, each.import_id])
            return True
    clear(each.account_id, each.import_id)
    return True
