"""A version is shown as one reader would get it, filled by the same engine that fills it for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from fairpost.content.queries.versions import read_version
from fairpost.engine.ports import Document
from fairpost.engine.render.links import destination
from fairpost.engine.render.template import compile_template
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

SAMPLE_ADDRESS = "reader@example.org"


@dataclass(frozen=True, slots=True)
class Preview:
    """One filled mail. Links lead to where they lead in the end, not by way of the platform; nothing is counted.

    `html` is for a sandboxed frame: it is the author's markup.
    """

    subject: str
    html: str
    text: str


def preview(
    actor: Actor,
    account_id: int,
    version_id: int,
    attributes: Mapping[str, Any],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> Preview:
    """The version filled with these attributes of a contact (`email` among them, if given).

    Raises NotFound for another account's version, and Invalid, with the place in the finished source, for what cannot
    be filled within the limits of the engine.
    """
    version = read_version(actor, account_id, version_id)
    return filled(version.document, attributes, clock)


def filled(document: Document, attributes: Mapping[str, Any], clock: Clock) -> Preview:
    moment = clock.now()
    platform_url = settings.FAIRPOST.platform_url.rstrip("/")
    values: dict[str, Any] = {
        "email": SAMPLE_ADDRESS,
        **attributes,
        "unsubscribe_url": f"{settings.FAIRPOST.links_url}/u/preview",
        "preferences_url": f"{platform_url}/p/preview",
        "view_url": f"{platform_url}/v/preview",
        "donation_reference": "preview",
        "_open_pixel": "",
    }
    links = {f"_link_{number}": destination(link).render(values, moment) for number, link in enumerate(document.links)}
    values.update(links)
    return Preview(
        subject=compile_template(document.subject, escape="header").render(values, moment),
        html=compile_template(document.html, escape="html").render(values, moment),
        text=compile_template(document.text, escape="text").render(values, moment),
    )
