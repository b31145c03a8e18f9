"""Errors that are written for the person who caused or met them.

Every surface shows the same text: the command line as one line on standard error (exit 2 for `Invalid`, 1 for the
rest), the API as an RFC 7807 problem with `status`, web pages as a message.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairpost.kernel.text import _


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


class Restricted(Forbidden):
    """A measure or a pause in force forbids this, whatever role the actor holds.

    `decision` is the decision's id as people see it ("D-17", empty where a pause and no decision is behind it),
    `url` the page that says what is restricted, why, until when and how to appeal, `reasons` one sentence for each
    measure and pause in force.
    """

    slug = "restricted"

    def __init__(
        self,
        message: str,
        *,
        decision: str = "",
        url: str = "",
        reasons: Sequence[str] = (),
        field: str | None = None,
        hint: str | None = None,
    ) -> None:
        if hint is None and url:
            hint = _("What is restricted, why, until when and how to appeal: {url}").format(url=url)
        super().__init__(message, field=field, hint=hint)
        self.decision = decision
        self.url = url
        self.reasons = tuple(reasons)


class Conflict(FairpostError):
    """The thing is in a state in which this cannot be done; it was left as it is."""

    status = 409
    slug = "conflict"


class Unavailable(FairpostError):
    """A part that is needed (database, relay, DNS) does not answer; trying again later may work."""

    status = 503
    slug = "unavailable"
