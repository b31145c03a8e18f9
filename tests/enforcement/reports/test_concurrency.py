"""Reports that come at once: one of a repetition, one case of a campaign."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from tests.builders.tenants import make_account

from fairpost.enforcement.actions.file_report import file_report
from fairpost.enforcement.models import Case, Notice, Report
from fairpost.enforcement.reports.pace import HOUR, keyed, take
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.keyring import installation_keyring

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def at_once(work) -> list:
    """What `work(number)` gives in so many threads that begin together; an error is raised here."""
    gate, found = threading.Barrier(AT_ONCE), []

    def run(number: int) -> None:
        try:
            gate.wait(timeout=30)
            found.append(work(number))
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    for each in found:
        if isinstance(each, Exception):
            raise each
    assert len(found) == AT_ONCE
    return found


def link() -> str:
    tokens = TokenIssuer(installation_keyring()).for_campaign(make_account().account_id, 88)
    return f"https://mail.example/u/{tokens.unsubscribe(7).decode()}"


def test_the_same_report_at_once_is_one():
    target = link()
    found = at_once(
        lambda _number: file_report(
            channel="form", category="fraud", text="same", target=target, address="rita@reporter.example"
        )
    )
    assert Report.objects.count() == Case.objects.count() == Notice.objects.count() == 1
    assert sorted(each.new for each in found) == [False] * (AT_ONCE - 1) + [True]


def test_different_reports_on_one_campaign_at_once_share_a_case():
    target = link()
    at_once(lambda number: file_report(channel="form", category="fraud", text=f"text {number}", target=target))
    assert (Report.objects.count(), Case.objects.count()) == (AT_ONCE, 1)


def test_the_limit_holds_for_all_processes_together():
    now = SYSTEM_CLOCK.now()
    waits = at_once(lambda _number: take(keyed("network", "192.0.2.1"), 3, HOUR, now))
    assert sum(each == 0 for each in waits) == 3
