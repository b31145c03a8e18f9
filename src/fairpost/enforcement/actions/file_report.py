"""Takes a report from outside: acknowledged at once, joined with what it repeats, and put before a person as a case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import seal_for
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.dsa.personal_data import masked
from fairpost.enforcement.models import Case, Report, Reporter
from fairpost.enforcement.naming import label
from fairpost.enforcement.reports.categories import CATEGORIES, CHANNELS
from fairpost.enforcement.reports.letters import spoken, status_url, write_to_reporter
from fairpost.enforcement.reports.pace import check_network, check_reporter, keyed
from fairpost.enforcement.reports.parties import checked_address, reporter_for, subject_of
from fairpost.enforcement.reports.target import LONGEST, campaign_named, printable, without_tokens
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _

MACHINE = Actor(name="reports", via="system")
LONGEST_TEXT = 10_000
KEPT_TARGET = 1000  # characters; the campaign is looked for in all of it
QUEUE, TRUSTED_QUEUE = "reports", "trusted"


@dataclass(frozen=True, slots=True)
class FiledReport:
    """`url` is secret: whoever has it reads what was decided, and may complain. `new` is False for a repetition."""

    id: str
    number: int
    url: str
    new: bool
    campaign_known: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A report as it was checked: what is in it, and what it is about."""

    channel: str
    category: str
    text: str
    target: str
    address: str
    language: str
    campaign: tuple[int, int] | None


def file_report(
    *,
    channel: str,
    category: str,
    text: str,
    target: str = "",
    address: str = "",
    language: str = "en",
    client: str = "",
    trusted_token: str = "",
    actor: Actor = MACHINE,
    acknowledge: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> FiledReport:
    """Anyone may report, with an address or without. Must not run inside a transaction: refusals are counted.

    `target` is whatever of the mail was pasted (a link, the Message-ID, headers) or a description. `client` is the
    network address, kept as a keyed hash until its bucket is full. Raises Invalid, and TooMany where too many came.
    """
    now = clock.now()
    taken = checked(channel, category, text, target, address, language, now)
    check_network(client, settings.FAIRPOST.report_requests_per_hour, now)
    reporter = reporter_for(taken.address, trusted_token, now) if taken.address or trusted_token else None
    digest = digest_of(taken, reporter, client)
    repeated = Report.objects.filter(digest=digest, state="filed").exists()
    if reporter is not None and not trusted_token and not repeated:
        check_reporter(reporter.pk, now)
    with transaction.atomic():
        take_turn(taken.campaign)
        known = Report.objects.filter(digest=digest, state="filed").first()
        if known is not None:
            return filed(known, new=False)
        reporter = reporter or reporter_for("", "", now)
        row = insert(taken, reporter, digest, bool(trusted_token), actor, clock)
        if acknowledge:
            write_to_reporter(row, "report_received", now)
    return filed(row, new=True)


def checked(
    channel: str, category: str, text: str, target: str, address: str, language: str, now: datetime
) -> Taken:
    if channel not in CHANNELS:
        raise ValueError(f"no channel {channel!r}")
    if category not in CATEGORIES:
        raise Invalid(
            _("There is no category {category}.").format(category=repr(category[:50])),
            field="category",
            hint=_("Choose one of {all}.").format(all=", ".join(CATEGORIES)),
        )
    if len(target) > LONGEST:
        raise Invalid(_("What was pasted is longer than {most} characters.").format(most=LONGEST), field="target")
    return Taken(
        channel,
        category,
        without_tokens(several_lines(text.replace("\t", " "), "text", LONGEST_TEXT)),
        without_tokens(several_lines(printable(target[:KEPT_TARGET]), "target", KEPT_TARGET, required=False)),
        checked_address(address),
        spoken(language),
        campaign_named(f"{target}\n{text}", now),
    )


def digest_of(taken: Taken, reporter: Reporter | None, client: str) -> bytes:
    """By what a repetition is known: the same words about the same mail from the same side."""
    who = f"reporter:{reporter.pk}" if reporter else f"network:{client}"
    same = [who, taken.campaign or taken.target, taken.category, taken.text]
    return keyed("repetitions", json.dumps(same, ensure_ascii=False))


def take_turn(campaign: tuple[int, int] | None) -> None:
    """Reports on one campaign (and all that name none) are filed one after the other, so that they share a case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"report:{campaign}"])


def insert(
    taken: Taken, reporter: Reporter, digest: bytes, trusted: bool, actor: Actor, clock: Clock
) -> Report:
    now = clock.now()
    account_id, campaign_id = taken.campaign or (None, None)
    subject = subject_of(reporter.pk)
    said = json.dumps({"text": taken.text, "target": taken.target}, ensure_ascii=False)
    row = Report.objects.create(
        reporter=reporter,
        channel=taken.channel,
        category=taken.category,
        language=taken.language,
        account_id=account_id,
        campaign_id=campaign_id,
        case_id=case_for(taken, reporter, trusted, clock),
        sealed=seal_for(subject, said.encode(), clock=clock),
        sealed_address=seal_for(subject, taken.address.encode(), clock=clock) if taken.address else None,
        digest=digest,
        trusted=trusted,
        filed_at=now,
        acknowledged_at=now,
    )
    record(
        actor=actor,
        act="report.filed",
        account_id=account_id,
        subject=f"report:{row.pk}",
        facts={"channel": taken.channel, "category": taken.category, "case": row.case_id, "trusted": trusted},
        clock=clock,
    )
    return row


def case_for(taken: Taken, reporter: Reporter, trusted: bool, clock: Clock) -> int:
    """The open case that earlier reports on the same campaign opened, else a new one.

    A report that joins adds no evidence: whoever could add some at will could undo that an approver has read it all.
    """
    queue = TRUSTED_QUEUE if trusted else QUEUE
    if taken.campaign is not None:
        account_id, campaign_id = taken.campaign
        joined = Report.objects.filter(account_id=account_id, campaign_id=campaign_id, case__closed_at=None).first()
        if joined is not None:
            if trusted:
                Case.objects.filter(pk=joined.case_id, queue=QUEUE).update(queue=TRUSTED_QUEUE)
            return joined.case_id
    account_id, campaign_id = taken.campaign or (None, None)
    about = _("campaign {number}").format(number=campaign_id) if campaign_id else _("no campaign named")
    case_id = open_case(
        actor=MACHINE,
        title=_("Report: {category} ({about})").format(category=taken.category, about=about),
        source="trusted_flagger" if trusted else "report",
        account_id=account_id,
        source_identity=reporter.name if trusted else "",
        queue=queue,
        clock=clock,
    )
    add_evidence(
        actor=MACHINE,
        case_id=case_id,
        label=_("report, as it was written"),
        text=masked(f"{taken.text}\n\n{taken.target}"),
        reference=f"campaign:{campaign_id}" if campaign_id else "",
        clock=clock,
    )
    return case_id


def filed(row: Report, *, new: bool) -> FiledReport:
    return FiledReport(label("report", row.pk), row.pk, status_url(row.pk), new, row.campaign_id is not None)
