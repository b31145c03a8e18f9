"""The weeks before: hundreds of campaigns over 64 days, up to four on one morning, sent for real to a few readers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from fairpost.campaigns.actions.create_campaign import create_campaign
from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.cli.demo.january.act import Play, step
from fairpost.cli.demo.january.replay import await_, move_clock
from fairpost.cli.demo.january.texts import SUBJECTS, WITH_NOTICE
from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.change_members import add_to_list
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience

FIRST_DAY = datetime(2020, 11, 3, 6, 0, tzinfo=UTC)
DAYS = 64
TOGETHER = timedelta(days=2)  # campaigns under way at once: their latest time is three days off, the clock runs ahead


def send_history(play: Play, campaigns: int) -> None:
    step(_("2. {count} campaigns in {days} days, each with a donation ask").format(count=campaigns, days=DAYS))
    committee = play.cast.committee
    readers = create_list(**committee.who, name="First readers")
    add_to_list(**committee.who, list_id=readers, addresses=play.first_readers)
    versions = [
        committee.content(f"ask {number}", "joint", subject, WITH_NOTICE) for number, subject in enumerate(SUBJECTS)
    ]
    started: list[int] = []
    since = FIRST_DAY
    for number, at in enumerate(times(campaigns)):
        if at - since > TOGETHER:
            play.finished(started)
            started.clear()
            since = at
        move_clock(max(at, SYSTEM_CLOCK.now()))
        made = create_campaign(
            **committee.who, name=f"ask {at:%d %B %H:%M} ({number + 1})", identity_id=committee.identities["joint"],
            content_version_id=versions[number % len(versions)], audience=Audience(lists=(readers,)),
            pool_id=play.pools["direct"],
        )  # fmt: skip
        send_campaign(**committee.who, campaign_id=made.id)
        started.append(made.id)
    play.finished(started)
    expected = campaigns * len(play.first_readers)
    await_(lambda: play.sink.count("@first.") == expected, _("{count} mails of the history").format(count=expected))
    click.echo(_("   {mails:,} mails received, as many as were due").format(mails=expected))


def times(count: int) -> list[datetime]:
    """Evenly over the days, but for the last four, which leave on one morning."""
    step_ = timedelta(days=DAYS) / count
    spread = [FIRST_DAY + step_ * number for number in range(count)]
    morning = FIRST_DAY + timedelta(days=DAYS)
    for back in range(min(4, count)):
        spread[count - 1 - back] = morning - timedelta(minutes=40 * back)
    return sorted(spread)
