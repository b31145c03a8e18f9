"""Follows a campaign until it stands still: a bar with rate and remaining time on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fairpost.campaigns.queries.campaigns import CampaignStatus, campaign_status
from fairpost.kernel.actor import Actor
from fairpost.kernel.text import _

STILL = frozenset({"paused", "stopped", "cancelled", "finished"})
LINE_EVERY = 5.0  # seconds between plain lines
LOOK_EVERY = 0.25


def follow(actor: Actor, account_id: int, campaign_id: int) -> CampaignStatus:
    """Shows the progress until the campaign is finished, stopped, paused or cancelled; returns its last status.

    Ctrl-C ends the look, not the campaign.
    """

    def look() -> CampaignStatus:
        return campaign_status(actor, account_id, campaign_id)

    return bar(look) if sys.stderr.isatty() else lines(look)


def settled(status: CampaignStatus) -> int:
    """Recipients who need nothing more."""
    counts = status.progress
    return counts.accepted + counts.withheld + counts.failed + counts.unknown if counts else 0


def bar(look: Callable[[], CampaignStatus]) -> CampaignStatus:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}/s"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(_("sending"), total=None, rate=0, note="")
        began, before = time.monotonic(), None
        while True:
            status = look()
            done = settled(status)
            before = done if before is None else before
            rate = round((done - before) / max(time.monotonic() - began, 0.001))
            total = status.progress.audience if status.progress else None
            shown.update(task, completed=done, total=total, rate=rate, note=" ".join(status.waiting_for))
            if status.campaign.state in STILL or status.held is not None:
                return status
            time.sleep(LOOK_EVERY)


def lines(look: Callable[[], CampaignStatus]) -> CampaignStatus:
    began, before, said = time.monotonic(), None, 0.0
    while True:
        status = look()
        done = settled(status)
        before = done if before is None else before
        now = time.monotonic()
        if status.progress and now - said >= LINE_EVERY:
            rate = (done - before) / max(now - began, 0.001)
            rest = status.progress.audience - done
            remaining = f"{rest / rate:.0f}" if rate > 0 else "?"
            text = _("{done} of {total} settled, {rate:.0f}/s, {remaining} s remaining")
            click.echo(
                text.format(done=done, total=status.progress.audience, rate=rate, remaining=remaining), err=True
            )
            for reason in status.waiting_for:
                click.echo(reason, err=True)
            said = now
        if status.campaign.state in STILL or status.held is not None:
            return status
        time.sleep(LOOK_EVERY)
