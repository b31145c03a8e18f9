"""Every type of event that webhooks can ask for, declared once with what it means."""

from __future__ import annotations

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, mark

TEST = "webhook.test"

EVENT_TYPES: dict[str, str] = {
    "campaign.started": mark("the first mail of a campaign may go out"),
    "campaign.paused": mark("a person paused a campaign"),
    "campaign.resumed": mark("a paused or stopped campaign goes on"),
    "campaign.stopped": mark("a campaign was cancelled, or stopped because relays refuse it; `state` says which"),
    "campaign.finished": mark("a campaign has nobody left to write to"),
    "contact.opened": mark("a person opened a mail, as far as anybody can tell; machines are left out"),
    "contact.clicked": mark("a person followed a link of a mail; machines are left out"),
    "contact.unsubscribed": mark("a contact took back what they had agreed to, in any way"),
    "contact.bounced": mark("a mail came back; `hard` says whether the address is suppressed for it"),
    "contact.complained": mark("a contact reported a mail as spam"),
    "donation.received": mark("a line of a donation was taken in"),
    "donation.refunded": mark("a donation was given back, charged back, cancelled or corrected; `kind` says which"),
    "decision.in_force": mark("a decision of the platform about the account came into force, or covers it from now on"),
    "decision.lifted": mark("a measure about the account was lifted, overturned, replaced or stayed; `why` says which"),
    TEST: mark("somebody asked for a test of this webhook; it is sent whatever the webhook asks for"),
}


def checked_types(names: object) -> list[str]:
    """The types, each once, in the order of the table; `contact.*` and `*` stand for several. Raises `Invalid`."""
    wanted: set[str] = set()
    for name in names if isinstance(names, (list, tuple, set, frozenset)) else ():
        found = matching(str(name))
        if not found:
            raise Invalid(
                _("There is no event type {name}.").format(name=repr(str(name)[:60])),
                field="events",
                hint=_("There are: {names}.").format(names=", ".join(each for each in EVENT_TYPES if each != TEST)),
            )
        wanted |= found
    if not wanted:
        raise Invalid(_("Say which events the webhook wants; * stands for all."), field="events")
    return [each for each in EVENT_TYPES if each in wanted]


def matching(name: str) -> set[str]:
    offered = set(EVENT_TYPES) - {TEST}
    if name == "*":
        return offered
    if name.endswith(".*"):
        return {each for each in offered if each.startswith(name[:-1])}
    return {name} & offered
