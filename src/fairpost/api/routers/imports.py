"""Imports of contacts from CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from ninja import Body, File, Router
from ninja.files import UploadedFile

from fairpost.api import imports
from fairpost.api.authentication import Caller
from fairpost.api.files import CSV, stored_csv
from fairpost.api.pages import Before, Limit, Page, page
from fairpost.api.reading import may_read
from fairpost.api.schemas import contacts as told
from fairpost.api.schemas.fields import NOTHING, Because, PathId
from fairpost.contacts.queries.imports import import_summary, recent_imports
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _

router = Router()
ALL = "/accounts/{account_id}/imports"
ONE = ALL + "/{import_id}"


@router.get(ALL, response=Page[told.Import])
def list_imports(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 50) -> Any:
    """The account's imports, the newest first."""
    may_read(request, account_id, "contacts.read")
    rows = lambda most: recent_imports(account_id, before, most)  # noqa: E731
    found = page(request, "before", limit, rows, by="import_id")
    return {**found, "items": imports.told(account_id, found["items"])}


@router.post(ALL, response={202: told.Import})
def create_import(
    request: Caller,
    account_id: PathId,
    file: Annotated[UploadedFile, File(description="The CSV file.")],
    options: Annotated[told.ImportWishes, Body(description="How to read it: a part that holds JSON.")],
) -> Any:
    """Takes a CSV file in. The worker imports it; all of it counts in one moment. Follow it by its id."""
    return imports.accept_import(request.auth, account_id, file, options)


@router.get(ONE, response=told.Import)
def get_import(request: Caller, account_id: PathId, import_id: PathId) -> Any:
    """One import: how far it is, and what came of it."""
    may_read(request, account_id, "contacts.read")
    return imports.told(account_id, [import_summary(account_id, import_id)])[0]


@router.get(ONE + "/rejects", openapi_extra={"responses": {200: CSV}})
def get_rejects(request: Caller, account_id: PathId, import_id: PathId) -> Any:
    """The rows that were not taken, as CSV: line, column, value, reason, and the row itself."""
    may_read(request, account_id, "contacts.read")
    path = import_summary(account_id, import_id).rejects_file
    if not path:
        raise NotFound(_("Nothing of import {id} was rejected.").format(id=import_id))
    return stored_csv(f"import-{import_id}-rejects.csv", Path(path))


@router.post(ONE + "/resume", response={202: told.Import})
def resume_import(request: Caller, account_id: PathId, import_id: PathId) -> Any:
    """Goes on with an import that was given up or left behind, from its last committed chunk."""
    return imports.go_on(request.auth, account_id, import_id)


@router.post(ONE + "/cancel", response=told.Import)
def cancel_import(request: Caller, account_id: PathId, import_id: PathId, asked: Because = NOTHING) -> Any:
    """Drops what an unfinished import has staged. No contact was changed by it, and none will be."""
    return imports.cancel(request.auth, account_id, import_id, asked.reason)
