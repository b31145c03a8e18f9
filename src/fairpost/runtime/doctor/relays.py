"""Checks that a relay takes connections from this machine."""

from __future__ import annotations

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.text import _
from fairpost.runtime.doctor.finding import Finding


def check(_configuration: Configuration) -> Finding:
    return Finding("relays", "warning", _("No relay is set up yet."), _("Add one with `fairpost relay add`."))
