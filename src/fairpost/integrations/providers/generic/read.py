"""Reads bounces and complaints in the form of docs/reference/webhooks.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fairpost.engine.outcomes.evidence import Evidence, one_line
from fairpost.engine.outcomes.failed_recipient import CLASSES, HARD, FailedRecipient
from fairpost.engine.outcomes.verdict import judge
from fairpost.integrations.providers.happenings import Bounced, Complained, Happening
from fairpost.integrations.providers.json_body import objects_of, read_object, text_of, time_of
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST = 1000


def read(body: bytes) -> Sequence[Happening]:
    """`{"events": [{"id", "type": "bounce" or "complaint", ...}]}`. Raises Invalid where one of them is neither."""
    post = read_object(body)
    events = post.get("events")
    if not isinstance(events, list) or len(events) > MOST or len(objects_of(events, MOST)) < len(events):
        raise Invalid(_("The post has no list of events, or more than {most}.").format(most=MOST))
    return [happening(each, number) for number, each in enumerate(events)]


def happening(event: dict[str, Any], number: int) -> Happening:
    kind, identity = text_of(event, "type"), text_of(event, "id", 200)
    names = tuple(each for each in (text_of(event, "message_id"), text_of(event, "return_path")) if each)
    address, at = text_of(event, "address", 320), time_of(event.get("at"))
    if kind not in ("bounce", "complaint") or not identity or not (address or names):
        raise Invalid(
            _("Event {number} has no id, no type (bounce or complaint), or names nobody.").format(number=number)
        )
    if kind == "complaint":
        return Complained(identity, names, address, text_of(event, "feedback_type", 40) or "abuse", at)
    return Bounced(identity, names, failed(event, address, number), at)


def failed(event: dict[str, Any], address: str, number: int) -> FailedRecipient:
    """As the diagnostic reads; with `class` as the provider itself judged it."""
    said = judge(Evidence(address, one_line(text_of(event, "diagnostic")), status=text_of(event, "status", 12)))
    said = replace(said, code=said.code or text_of(event, "code", 3))
    cls = text_of(event, "class")
    if not cls:
        return said
    if cls not in CLASSES:
        raise Invalid(
            _("Event {number} has the class {name}, which does not exist.").format(number=number, name=repr(cls[:40]))
        )
    return replace(said, cls=cls, hard=cls in HARD, confidence=1.0)
