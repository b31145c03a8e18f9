"""Turns what can go wrong in any command into one sentence and an exit status; the rest is a defect."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.errors import FairpostError, Invalid
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class Explained:
    sentence: str
    exit_status: int


def explained(error: BaseException) -> Explained | None:
    """The sentence for this error, or None where only a traceback helps."""
    if isinstance(error, FairpostError):
        return Explained(str(error), 2 if isinstance(error, Invalid) else 1)
    below: BaseException | None = error
    while below is not None:
        sentence = database_trouble(below)
        if sentence:
            return Explained(sentence, 1)
        below = below.__cause__
    return None


def database_trouble(error: BaseException) -> str:
    import psycopg

    if isinstance(error, (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)):
        return _("The database lacks tables of this version ({said}). Run `fairpost db migrate`.").format(
            said=first_line(error)
        )
    if isinstance(error, psycopg.errors.DiskFull):
        return _("The database's disk is full ({said}). Free some space and try again.").format(
            said=first_line(error)
        )
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return _("The database does not answer ({said}). `fairpost doctor` says what to do.").format(
            said=first_line(error)
        )
    return ""


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
