"""Checks that this machine lets a process open as many sockets as a sender needs."""

from __future__ import annotations

import resource

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding

SPARE = 256  # journals, database sessions, libraries


def check(configuration: Configuration) -> Finding:
    allowed, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = configuration.sender_connections * 2 + SPARE
    says = _("{allowed} open files allowed, {needed} needed.").format(allowed=allowed, needed=needed)
    if allowed != resource.RLIM_INFINITY and allowed < needed:
        mend = _("Raise it (ulimit -n {needed}, or LimitNOFILE= in the service).").format(needed=needed)
        return Finding("open files", "error", says, mend)
    return Finding("open files", "ok", says)
