"""Begins an import and leaves the reading of the file to whoever calls `resume_import`, such as a worker."""

from __future__ import annotations

from fairpost.contacts.actions.import_contacts import Source, start
from fairpost.contacts.imports.opening import Wishes
from fairpost.contacts.queries.imports import ImportSummary, summary_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.tenants.authorise import authorise


def start_import(
    *,
    actor: Actor,
    account_id: int,
    source: Source,
    consent: str,
    list_id: int | None = None,
    unit_id: int | None = None,
    wishes: Wishes | None = None,
    clock: Clock | None = None,
    reason: str | None = None,
) -> ImportSummary:
    """The import, staged up to byte 0. Raises `Invalid` where the file cannot be read as a whole.

    The file must stay where it is until the import is done or cancelled.
    """
    authorise(actor, "contacts.write", account_id=account_id, unit_id=unit_id, act="contacts.import")
    return summary_of(
        start(actor, account_id, source, consent, list_id, unit_id, wishes or Wishes(), clock or SystemClock(), reason)
    )
