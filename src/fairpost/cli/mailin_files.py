"""Reads stored messages and the rows that say what is known of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from fairpost.engine.outcomes.bounded_mail import MAX_OCTETS
from fairpost.engine.outcomes.evaluation import Expected
from fairpost.engine.outcomes.failed_recipient import CLASSES
from fairpost.engine.outcomes.returned import Returned, read_returned
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

COLUMNS = ("kind", "file", "class", "hard")


def messages_in(paths: Iterable[Path]) -> tuple[list[tuple[Path, Returned]], list[str]]:
    """What the messages say, and a sentence for each file that could not be read."""
    read: list[tuple[Path, Returned]] = []
    trouble: list[str] = []
    for path in paths:
        files = sorted(each for each in path.iterdir() if is_message(each)) if path.is_dir() else [path]
        for file in files:
            returned = message(file, trouble)
            if returned is not None:
                read.append((file, returned))
    return read, trouble


def is_message(path: Path) -> bool:
    """Whether a file in a folder is a stored message; tables and hidden files beside them are none."""
    return path.is_file() and not path.name.startswith(".") and path.suffix not in (".csv", ".json", ".md")


def message(path: Path, trouble: list[str]) -> Returned | None:
    """One message; no more of it is read than is looked at."""
    try:
        with path.open("rb") as file:
            return read_returned(file.read(MAX_OCTETS))
    except OSError as error:
        sentence = _("The message {path} cannot be read: {error}.")
        trouble.append(sentence.format(path=path, error=error.strerror or error))
        return None


def expected_rows(path: Path) -> list[Expected]:
    """The rows of expectation. Raises Invalid where the file is none of such rows."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                sentence = _("{path} lacks the columns {columns}.")
                raise Invalid(sentence.format(path=path, columns=", ".join(missing)))
            return [row_from(fields, path, reader.line_num) for fields in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid(_("{path} cannot be read: {error}.").format(path=path, error=error)) from error


def row_from(fields: dict[str, str], path: Path, line: int) -> Expected:
    if fields["class"] not in CLASSES:
        sentence = _("{path}, line {line}: there is no class {name}; the classes are {classes}.")
        raise Invalid(sentence.format(path=path, line=line, name=fields["class"], classes=", ".join(CLASSES)))
    return Expected(fields["kind"], fields["file"], fields["class"], fields["hard"].strip().lower() == "true")


def read_expected(folder: Path, rows: list[Expected]) -> tuple[dict[tuple[str, str], Returned], list[str]]:
    """The messages that rows tell of, from FOLDER or its folder for their kind.

    A file of rows may tell of several folders side by side: rows of another kind than FOLDER's name are passed over.
    """
    if not folder.is_dir():
        raise Invalid(_("There is no folder {path}.").format(path=folder))
    kinds = {row.kind for row in rows}
    read: dict[tuple[str, str], Returned] = {}
    trouble: list[str] = []
    for kind, name in dict.fromkeys((row.kind, row.file) for row in rows):
        if folder.resolve().name in kinds - {kind}:
            continue
        path = folder / kind / name if (folder / kind).is_dir() else folder / name
        returned = message(path, trouble)
        if returned is not None:
            read[(kind, name)] = returned
    return read, trouble
