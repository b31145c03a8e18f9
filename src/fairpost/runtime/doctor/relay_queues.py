"""Checks that the queues of relays that have an adapter can be reached from this machine."""

from __future__ import annotations

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding
from fairpost.runtime.prepare import set_up_django

NAME = "relay queues"


def check(_configuration: Configuration) -> Finding:
    set_up_django()
    from django.db import DatabaseError

    from fairpost.delivery.reach.attend import queue_troubles

    try:
        troubles = queue_troubles()
    except DatabaseError:
        return Finding(NAME, "error", _("Not looked at: the database does not answer."), _("See above."))
    unusable = [f"{name} ({why})" for name, why in troubles.items() if why]
    if unusable:
        return Finding(
            NAME,
            "warning",
            _("Out of reach: {names}.").format(names=", ".join(unusable)),
            _("Mail in these queues cannot be held. Mend the reason, or change it with `fairpost relay queue`."),
        )
    return Finding(NAME, "ok", _("{count} can be reached.").format(count=len(troubles)))
