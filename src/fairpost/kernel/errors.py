"""Errors that are written for the person who caused or met them.

Every surface shows the same text: the command line as one line on standard error (exit 2 for `Invalid`, 1 for the
rest), the API as an RFC 7807 problem with `status`, web pages as a message.
"""

from __future__ import annotations


class FairpostError(Exception):
    """Something a person must know: what happened, where, and what to do about it."""

    status = 500
    slug = "error"

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class Invalid(FairpostError):
    """What was given cannot be used as it is; nothing was changed."""

    status = 422
    slug = "invalid"


class NotFound(FairpostError):
    """There is no such thing in this account (another account's things do not exist here)."""

    status = 404
    slug = "not-found"


class Forbidden(FairpostError):
    """The actor lacks the role or scope for this."""

    status = 403
    slug = "forbidden"


class Conflict(FairpostError):
    """The thing is in a state in which this cannot be done; it was left as it is."""

    status = 409
    slug = "conflict"


class Unavailable(FairpostError):
    """A part that is needed (database, relay, DNS) does not answer; trying again later may work."""

    status = 503
    slug = "unavailable"
