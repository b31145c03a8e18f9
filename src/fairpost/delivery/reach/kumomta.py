"""Holds mail in KumoMTA by its suspend directives, deletes it by its bounce directives, and counts it by its metrics.

KumoMTA queues by campaign, tenant and domain. Its policy takes both from our Feedback-ID header (see the reference), so
one directive reaches everything of a campaign, also what is only being accepted. Directives live in KumoMTA's memory
and lapse: they are looked at again and again, and renewed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fairpost.delivery.reach.adapter import Campaign, Done, OutOfReach, QueueRelay, Work
from fairpost.delivery.reach.admin_http import AdminApi, checked_url
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

SUSPEND = "/api/admin/suspend/v1"
BOUNCE = "/api/admin/bounce/v1"
METRICS = "/metrics"
# KumoMTA puts off what comes up for delivery by the rest of a suspension, and a cancelled one does not bring it
# forward: a release takes at most so long, and a hold outlives a worker that is away for half of it.
LASTS = "1h"
RENEWED_BELOW = 1800.0  # seconds
BOUNCES_FOR = "5m"  # what was between two queues is met again within
REASON = "held by Fairpost"
NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


class KumoQueue:
    """The adapter for KumoMTA's admin API."""

    recheck = 10.0  # a server that starts anew has forgotten its suspensions

    def checked(self, access: Mapping[str, str], secret: str) -> dict[str, str]:
        for name in access:
            if name not in ("url", "username"):
                raise Invalid(_("Access to KumoMTA's queue has no {name}.").format(name=repr(name)), field="queue")
        if "url" not in access:
            raise Invalid(_("Access to KumoMTA's queue needs the address of its admin API."), field="url")
        username = access.get("username", "")
        if username and not NAME.fullmatch(username):
            raise Invalid(
                _("The user name for the admin API may hold letters, digits, . _ and - only."), field="username"
            )
        if username and not secret:
            raise Invalid(_("A user name and a password belong together."), field="username")
        if not secret.isprintable() or not secret.isascii():
            raise Invalid(_("The secret may hold printable ASCII characters only."), field="queue_secret")
        return {"url": checked_url(access["url"]), **({"username": username} if username else {})}

    def trouble(self, relay: QueueRelay) -> str:
        try:
            suspensions(api_of(relay))
        except OutOfReach as error:
            return str(error)
        return ""

    def attend(self, connection: Any, relay: QueueRelay, work: Work, now: datetime) -> Done:
        if not (work.hold or work.release or work.discard):
            return Done()  # a directive reaches what comes later as well
        api = api_of(relay)
        known = suspensions(api)
        for campaign in sorted(work.hold):
            suspend(api, campaign, known)
        for campaign in sorted(work.discard):
            api.exchange("POST", BOUNCE, {**criteria(campaign), "reason": REASON, "duration": BOUNCES_FOR})
        for campaign in sorted(work.release | work.discard):
            for each in of_campaign(known, campaign):
                api.exchange("DELETE", SUSPEND, {"id": each["id"]}, or_else=404)
        try:
            counts = scheduled(api)
        except OutOfReach as error:
            return Done(trouble=str(error))
        return Done(counted={each: counts.get(names_of(each), 0) for each in work.hold})


def api_of(relay: QueueRelay) -> AdminApi:
    return AdminApi(relay.access["url"], relay.access.get("username", ""), relay.secret)


def names_of(campaign: Campaign) -> tuple[str, str]:
    """(tenant, campaign) as KumoMTA's policy names them."""
    return f"fairpost-{campaign[0]}", f"fairpost-{campaign[1]}"


def criteria(campaign: Campaign) -> dict[str, str]:
    """Both names, always: a directive without criteria would reach every queue of the server."""
    tenant, name = names_of(campaign)
    return {"tenant": tenant, "campaign": name}


def suspensions(api: AdminApi) -> list[dict[str, Any]]:
    """The suspensions in force, those of others included."""
    found = api.ask("GET", SUSPEND)
    if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
        raise OutOfReach(_("The admin API answered {path} with something else.").format(path=SUSPEND))
    return found


def of_campaign(known: list[dict[str, Any]], campaign: Campaign) -> list[dict[str, Any]]:
    """Our own suspensions of a campaign: for all its domains, and with our reason."""
    wanted = {**criteria(campaign), "reason": REASON}
    return [
        each
        for each in known
        if not each.get("domain") and all(each.get(name) == value for name, value in wanted.items())
    ]


def suspend(api: AdminApi, campaign: Campaign, known: list[dict[str, Any]]) -> None:
    """Sees to it that a suspension is in force that lasts; the one that it replaces goes afterwards."""
    before = of_campaign(known, campaign)
    if any(seconds_of(str(each.get("duration", ""))) > RENEWED_BELOW for each in before):
        return
    answer = api.ask("POST", SUSPEND, {**criteria(campaign), "reason": REASON, "duration": LASTS})
    if not isinstance(answer, dict) or "id" not in answer:
        raise OutOfReach(_("The admin API answered {path} with something else.").format(path=SUSPEND))
    for each in before:
        api.exchange("DELETE", SUSPEND, {"id": each["id"]}, or_else=404)


def seconds_of(duration: str) -> float:
    """A duration as KumoMTA writes it, such as `59m 50s 207ms 320us`; parts below a second do not matter here."""
    found = re.findall(r"(\d+)\s*([a-z]+)", duration)
    whole = {"days": "d", "day": "d", "hr": "h", "hour": "h", "hours": "h", "min": "m", "mins": "m", "sec": "s"}
    return sum(int(number) * UNITS.get(whole.get(unit, unit), 0.0) for number, unit in found)


def scheduled(api: AdminApi) -> dict[tuple[str, str], int]:
    """Messages in the scheduled queues by (tenant, campaign), from the metrics in Prometheus' text format."""
    found = {}
    for line in api.exchange("GET", METRICS).splitlines():
        if line.startswith(b"scheduled_by_tenant_campaign{"):
            labels, _space, value = line.decode(errors="replace").rpartition(" ")
            names = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            try:
                found[names.get("tenant", ""), names.get("campaign", "")] = int(float(value))
            except ValueError:
                continue
    return found
