"""The consent ledger: who agreed, when, how, under which text; one address of one account at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from tests.builders.contacts import raw_connection
from tests.builders.tenants import make_account

from fairpost.contacts.consent import note_consent
from fairpost.contacts.queries.consent import consent_of

NOW = datetime(2026, 5, 17, tzinfo=UTC)


def test_lines_are_read_newest_first_a_page_at_a_time_and_by_their_own_account_only(db):
    ada, other = make_account(), make_account()
    with connection.cursor() as cursor:
        for act in ("given", "confirmed", "withdrawn"):
            note_consent(cursor, ada.account_id, "eva@x.org", 7, "list:1", act, "form", "news/1/en", "form:f", NOW)
    first = consent_of(ada.account_id, "Eva@X.org", limit=2)
    rest = consent_of(ada.account_id, "eva@x.org", before=first[-1].id, limit=2)
    assert [each.act for each in (*first, *rest)] == ["withdrawn", "confirmed", "given"]
    assert (first[0].text_version, first[0].source, first[0].at) == ("news/1/en", "form:f", NOW)
    assert consent_of(other.account_id, "eva@x.org") == []


def test_a_process_without_django_writes_lines_by_its_own_connection(db):
    ada = make_account()
    with raw_connection().cursor() as cursor:
        note_consent(cursor, ada.account_id, "eva@x.org", None, "account", "withdrawn", "complaint", None, "", NOW)
    assert [each.how for each in consent_of(ada.account_id, "eva@x.org")] == ["complaint"]


def test_an_act_that_is_not_declared_is_refused(db):
    with connection.cursor() as cursor, pytest.raises(ValueError, match="shrugged"):
        note_consent(cursor, 1, "eva@x.org", None, "account", "shrugged", "form", None, "", NOW)
