"""Whether something is wrong with one campaign or with what a domain sends to one provider; pure but for its counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from fairpost.events.watch.counts import Counts, Place, counts_between, summed
from fairpost.events.watch.thresholds import Thresholds, thresholds_of
from fairpost.kernel.text import _, mark

WINDOW = timedelta(days=7)  # of campaigns by which a sending domain is judged
CAMPAIGN = timedelta(days=3)  # for so long after its start a campaign of its own
USUAL = timedelta(days=28)  # before it: what is usual for the domain
SPIKE = 5  # times the usual share, from the second level on
EVERYBODY = 0.5  # of what one provider or all took, refused afterwards

SAYS = {
    "complaints": mark("{count} of {volume} recipients complained ({share}); the limit is {limit}."),
    "bounces": mark("{count} of {volume} messages found no such address ({share}); the limit is {limit}."),
    "refused": mark("{count} of {volume} messages were taken and then refused ({share}); the limit is {limit}."),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong where: `sign` complaints, bounces or refused, `level` warn, throttle or brake."""

    sign: str
    level: str
    count: int
    volume: int
    limit: float
    campaign_id: int | None = None
    sending_domain: str = ""
    provider: str = ""
    usual: float | None = None

    @property
    def subject(self) -> str:
        if self.campaign_id is not None:
            return f"campaign:{self.campaign_id}"
        return f"domain:{self.sending_domain}/{self.provider}"

    @property
    def sentence(self) -> str:
        """What was counted, in words."""
        shares = {"share": percent(self.count / self.volume), "limit": percent(self.limit)}
        said = _(SAYS[self.sign]).format(count=f"{self.count:,}", volume=f"{self.volume:,}", **shares)
        if self.usual is None:
            return said
        return said + " " + _("Usual for this sender is {share}.").format(share=percent(self.usual))


def percent(share: float) -> str:
    return f"{share:.2%}"


def trouble_of_campaign(account_id: int, campaign_id: int, now: datetime) -> Trouble | None:
    """What would make the machine stop this campaign; None where nothing does, or too little is known."""
    recent = counts_between(account_id, now - CAMPAIGN, now)
    return next((each for each in stops(account_id, recent, now) if each.campaign_id == campaign_id), None)


def stops(account_id: int, recent: dict[Place, Counts], now: datetime) -> Iterator[Trouble]:
    """Campaigns with a rate at the brake, a spike, or a refusal for everyone; each at most once."""
    limits = thresholds_of(settings.FAIRPOST)
    usual: dict[str, Counts] | None = None
    domains = {place.campaign_id: place.sending_domain for place in recent}
    whole = summed(recent, lambda place: place.campaign_id)
    for campaign_id, counts in sorted(whole.items()):
        at = {
            place.provider: each
            for place, each in recent.items()
            if place.campaign_id == campaign_id and place.provider
        }
        found = at_brake(limits, counts) or refused(limits, {**at, "": counts})
        if found is None and past_second_level(limits, counts):
            if usual is None:
                usual = usual_counts(account_id, now)
            found = spike(limits, counts, usual.get(domains[campaign_id], Counts()))
        if found is not None:
            yield Trouble(**found, campaign_id=campaign_id, sending_domain=domains[campaign_id])


def at_brake(limits: Thresholds, counts: Counts) -> dict | None:
    for sign in ("complaints", "bounces"):
        count, volume = counts.of(sign)
        if limits.level(sign, count, volume) == "brake":
            return {"sign": sign, "level": "brake", "count": count, "volume": volume, "limit": limit(limits, sign)}
    return None


def past_second_level(limits: Thresholds, counts: Counts) -> bool:
    return any(limits.level(sign, *counts.of(sign)) == "throttle" for sign in ("complaints", "bounces"))


def spike(limits: Thresholds, counts: Counts, usual: Counts) -> dict | None:
    """Many times what is usual, and past the second level; a sender without a past has nothing that is usual."""
    for sign in ("complaints", "bounces"):
        count, volume = counts.of(sign)
        before, of = usual.of(sign)
        if limits.level(sign, count, volume) != "throttle" or of < limits.volume:
            continue
        share = before / of
        if count / volume >= SPIKE * share:
            return {
                "sign": sign, "level": "brake", "count": count, "volume": volume,
                "limit": getattr(limits, sign)["throttle"], "usual": share,
            }  # fmt: skip
    return None


def refused(limits: Thresholds, at: dict[str, Counts]) -> dict | None:
    """A provider, or all of them, refuses what the relay had taken."""
    for provider, counts in at.items():
        count, volume = counts.of("refused")
        if volume >= limits.volume and count >= EVERYBODY * volume:
            return {
                "sign": "refused", "level": "brake", "count": count, "volume": volume, "limit": EVERYBODY,
                "provider": provider,
            }  # fmt: skip
    return None


def usual_counts(account_id: int, now: datetime) -> dict[str, Counts]:
    """By sending domain, of the four weeks before the campaigns that are looked at."""
    before = now - CAMPAIGN
    return summed(counts_between(account_id, before - USUAL, before), lambda place: place.sending_domain)


def crossings(account_id: int, now: datetime) -> Iterator[Trouble]:
    """Sending domains past a threshold at one provider, or over all of them, within the window."""
    limits = thresholds_of(settings.FAIRPOST)
    found = counts_between(account_id, now - WINDOW, now)
    by_provider = summed(found, lambda place: (place.sending_domain, place.provider) if place.provider else None)
    over_all = summed(found, lambda place: (place.sending_domain, ""))
    for (domain, provider), counts in sorted({**by_provider, **over_all}.items()):
        for sign in ("complaints", "bounces"):
            count, volume = counts.of(sign)
            level = limits.level(sign, count, volume)
            if level:
                yield Trouble(
                    sign, level, count, volume, getattr(limits, sign)[level], sending_domain=domain, provider=provider
                )


def limit(limits: Thresholds, sign: str) -> float:
    return getattr(limits, sign)["brake"]
