"""Asks DNS about every distinct domain of an account's contacts, once, and remembers the answer for all accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.contacts.domains.lookup import MailHosts, mail_hosts, make_resolver
from fairpost.engine.pacing.destination import destination
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock, SystemClock
from fairpost.tenants.authorise import authorise

AT_ONCE = 32
FRESH = timedelta(days=30)
AGAIN = timedelta(hours=6)  # for domains that DNS said nothing about

# One pass over the account's contacts; domains are few beside them.
COLLECT = """
    INSERT INTO contact_domain (domain)
    SELECT DISTINCT substr(canonical, strpos(canonical, '@') + 1) FROM contact WHERE account_id = %s
    ON CONFLICT DO NOTHING"""
DUE = """
    SELECT domain FROM contact_domain
    WHERE checked_at IS NULL OR checked_at < CASE WHEN verdict = 'unknown' THEN %s ELSE %s END
    ORDER BY domain LIMIT 1000"""
STORE = "UPDATE contact_domain SET checked_at = %s, mx = %s, verdict = %s, provider = %s WHERE domain = %s"
# Contacts on domains that take no mail, by one pass over the account's contacts.
REPORT = """
    SELECT d.domain, d.verdict, count(*) FROM contact_domain d
    JOIN contact c ON c.account_id = %s AND substr(c.canonical, strpos(c.canonical, '@') + 1) = d.domain
    WHERE d.verdict IN ('null_mx', 'dead') GROUP BY d.domain, d.verdict ORDER BY count(*) DESC, d.domain LIMIT %s"""


@dataclass(frozen=True, slots=True)
class DomainsChecked:
    """How many domains were asked for, by verdict, and the account's domains that take no mail: (name, verdict,
    contacts), the hundred with most contacts."""

    asked: int
    verdicts: dict[str, int]
    unusable: list[tuple[str, str, int]]


def check_domains(
    *,
    actor: Actor,
    account_id: int,
    watch: Callable[[int], None] = lambda _asked: None,
    clock: Clock | None = None,
    reason: str | None = None,
) -> DomainsChecked:
    """Asks for domains not asked in thirty days (six hours where DNS was silent). Ends when none is due; can be
    stopped and run again at any time."""
    authorise(actor, "contacts.write", account_id=account_id, unit_id=actor.unit_id, act="domains.check")
    clock = clock or SystemClock()
    with connection.cursor() as cursor:
        cursor.execute(COLLECT, [account_id])
    verdicts: dict[str, int] = {}
    resolver = make_resolver(settings.FAIRPOST.nameservers)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while domains := due(clock.now()):
            answers = list(pool.map(lambda domain: mail_hosts(resolver, domain), domains))
            store(domains, answers, clock.now())
            for each in answers:
                verdicts[each.verdict] = verdicts.get(each.verdict, 0) + 1
            watch(sum(verdicts.values()))
    asked = sum(verdicts.values())
    record(
        actor=actor,
        act="domains.checked",
        account_id=account_id,
        subject=f"account:{account_id}",
        reason=reason,
        facts={"asked": asked, **verdicts},
        clock=clock,
    )
    return DomainsChecked(asked, verdicts, unusable_domains(account_id))


def due(now: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now - AGAIN, now - FRESH])
        return [domain for (domain,) in cursor.fetchall()]


@transaction.atomic
def store(domains: Sequence[str], answers: Sequence[MailHosts], now: datetime) -> None:
    rows: list[tuple[Any, ...]] = [
        (now, json.dumps(answer.mx), answer.verdict, provider(domain, answer), domain)
        for domain, answer in zip(domains, answers, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(STORE, rows)


def provider(domain: str, answer: MailHosts) -> str:
    """Hosted domains count with their host, as pacing does; empty where nobody takes mail."""
    return destination(domain, answer.mx) if answer.verdict == "ok" else ""


def unusable_domains(account_id: int, limit: int = 100) -> list[tuple[str, str, int]]:
    """(domain, verdict, contacts) of the account's domains that take no mail, most contacts first."""
    with connection.cursor() as cursor:
        cursor.execute(REPORT, [account_id, limit])
        return cursor.fetchall()
