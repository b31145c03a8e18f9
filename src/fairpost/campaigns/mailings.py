"""Campaigns as enforcement sees them: implements its port on campaigns and their dispatch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection

from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.audience import most_recipients
from fairpost.content.queries.versions import templates_of
from fairpost.delivery.actions.dispatch import change_state
from fairpost.delivery.actions.hold import (
    Unfinished,
    hold_dispatches,
    lingering,
    release_dispatches,
    store_subjects,
    unfinished,
)
from fairpost.delivery.actions.hold_queued import hold_queued, release_queued
from fairpost.delivery.connect import connect
from fairpost.delivery.gate.stop import await_fence, raise_epoch
from fairpost.delivery.reach.report import QueueReport
from fairpost.enforcement.actions.extend_coverage import include_newcomers
from fairpost.enforcement.force.store import current
from fairpost.enforcement.ports import Fence, Mailing, Queued
from fairpost.enforcement.scope.mail import cleared_times, labels_in_force, mail_subject, plain_facts
from fairpost.enforcement.scope.subject import Subject
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.queries.senders import senders

Key = tuple[int, int]


class CampaignMailings:
    """See `fairpost.enforcement.ports.Mailings`."""

    def all(self, accounts: Collection[int] | None) -> list[Mailing]:
        started = unfinished(accounts)
        rows = Campaign.objects.filter(state=Campaign.State.SCHEDULED, test_of=None).order_by("pk")
        if accounts is not None:
            rows = rows.filter(account_id__in=accounts)
        scheduled = list(rows)
        lacking = [each for each in started if each.subject is None]
        subjects = subjects_of([*map(named, lacking), *map(drafted, scheduled)], ())
        return mailings_of(started, subjects) + [
            Mailing(
                each.account_id, each.pk, each.name, "scheduled", each.content_version_id,
                subjects[each.account_id, each.pk], most_recipients(each),
            )
            for each in scheduled
        ]  # fmt: skip

    def lingering(self, since: datetime) -> list[Mailing]:
        rows = lingering(since)
        return mailings_of(rows, subjects_of([named(each) for each in rows if each.subject is None], ()))

    def hold(self, campaigns: Sequence[Key], now: datetime) -> None:
        hold_dispatches(campaigns, now)

    def release(self, campaigns: Sequence[Key], now: datetime) -> None:
        release_dispatches(campaigns, now)

    def block(self, campaigns: Sequence[Key], reason: str, now: datetime) -> None:
        # The worker withholds everybody who is left, as of every cancelled campaign, with this reason.
        for account_id, campaign_id in campaigns:
            change_state(
                account_id, campaign_id, of=("planning", "running", "paused", "stopped"), to="cancelled",
                by="enforcement", reason=reason, now=now,
            )  # fmt: skip

    def classify(self, labels: Collection[str] = ()) -> None:
        wanted = {*labels, *labels_in_force()}
        started = unfinished()
        subjects = subjects_of([named(each) for each in started], wanted)
        now, snapshot = SYSTEM_CLOCK.now(), current()
        # Whoever comes under something by this is told before the senders learn of it.
        include_newcomers(((each, snapshot.effective(each, now)) for each in subjects.values()), now)
        store_subjects((*key, each) for key, each in subjects.items())

    def raise_epoch(self) -> int:
        with connection.cursor() as cursor:
            return raise_epoch(cursor)

    def await_fence(self, epoch: int) -> Fence:
        with connect() as own, own.cursor() as cursor:
            report = await_fence(cursor, epoch, 0, 0)
        return Fence(report.seconds, tuple(f"{each.host}:{each.pid} ({each.connections})" for each in report.uncertain))

    def hold_queued(self, campaigns: Sequence[Key]) -> Queued:
        return counted(hold_queued(campaigns)) if campaigns else Queued(0, 0, 0, 0, 0, 0)

    def release_queued(self, campaigns: Sequence[Key]) -> Queued:
        return counted(release_queued(campaigns)) if campaigns else Queued(0, 0, 0, 0, 0, 0)


def mailings_of(rows: Sequence[Unfinished], subjects: Mapping[Key, Subject]) -> list[Mailing]:
    names = dict(Campaign.objects.filter(pk__in=[each.campaign_id for each in rows]).values_list("pk", "name"))
    return [
        Mailing(
            each.account_id, each.campaign_id, names.get(each.campaign_id, ""), each.state, each.version_id,
            each.subject or subjects[each.account_id, each.campaign_id], each.left, each.held,
        )
        for each in rows
    ]  # fmt: skip


def counted(report: QueueReport) -> Queued:
    total = report.total
    return Queued(
        accepted=total.accepted,
        delivered=total.delivered,
        held=total.held,
        waiting=total.queued,
        bounced=total.bounced,
        out_of_reach=total.out_of_reach,
        gone=total.gone + total.discarded,
        uncertain=total.uncertain,
        why=tuple(f"{each.name}: {each.reason}" for each in report.relays if each.reason),
    )


Sent = tuple[Key, int, int]  # (account, campaign), identity, content version


def named(row: Unfinished) -> Sent:
    return (row.account_id, row.campaign_id), row.identity_id, row.version_id


def drafted(row: Campaign) -> Sent:
    return (row.account_id, row.pk), row.identity_id, row.content_version_id


def subject_of(row: Campaign) -> Subject:
    """What measures are held against when this campaign is sent as it is now."""
    return subjects_of([drafted(row)], ())[row.account_id, row.pk]


def mailing_of(row: Campaign, subject: Subject) -> Mailing:
    """A campaign that has just been started."""
    return Mailing(row.account_id, row.pk, row.name, "planning", row.content_version_id, subject, 0)


def subjects_of(rows: Sequence[Sent], labels: Collection[str]) -> dict[Key, Subject]:
    """The subject of each, with its content held against the classes in force and `labels`."""
    wanted = {*labels, *labels_in_force()}
    now = SYSTEM_CLOCK.now()
    by_identity = {
        each.identity_id: each for each in senders(now, identities={identity for _key, identity, _v in rows})
    }
    versions = {version for _key, _identity, version in rows}
    templates = templates_of(versions)
    contents = {key: (key[0], plain_facts(key[0], version)[0]) for key, _identity, version in rows}
    cleared = cleared_times(set(contents.values()))
    return {
        key: mail_subject(
            by_identity[identity],
            campaign_id=key[1],
            version_id=version,
            template_id=templates.get(version),
            labels=wanted,
            cleared_at=cleared.get(contents[key]),
        )
        for key, identity, version in rows
        if identity in by_identity
    }
