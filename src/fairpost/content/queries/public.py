"""A content version as anybody may read it: filled with nobody's data, with nothing that is followed or that acts."""

from __future__ import annotations

from typing import Any

from fairpost.content.queries.versions import content_version
from fairpost.engine.render.links import REFERENCE, destination
from fairpost.engine.render.template import compile_template
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

NOWHERE = "#"  # where a recipient's own links would lead


def public_copy(account_id: int, version_id: int, url: str, clock: Clock = SYSTEM_CLOCK) -> tuple[str, str]:
    """(subject, HTML). `url` is the copy's own address; links are direct, and every attribute is its fallback.

    Raises `NotFound` for another account's version.
    """
    document, moment = content_version(account_id, version_id).document, clock.now()
    values: dict[str, Any] = {
        "email": "",
        "unsubscribe_url": NOWHERE,
        "preferences_url": NOWHERE,
        "view_url": url,
        REFERENCE: "",
        "_open_pixel": "",
    }
    links = {f"_link_{number}": destination(each).render(values, moment) for number, each in enumerate(document.links)}
    values.update(links)
    subject = compile_template(document.subject, escape="header").render(values, moment)
    return subject, compile_template(document.html, escape="html").render(values, moment)
