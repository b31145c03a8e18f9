"""Deletes what is past its time: rows of feedback, mail that nobody could use, reports of receivers."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fairpost.audit.holds import Held

# By the indexes on the time; some thousand rows at once.
FEEDBACK = """
    DELETE FROM feedback WHERE (account_id, digest) IN (
        SELECT account_id, digest FROM feedback WHERE at < %s AND account_id <> ALL(%s)
            AND coalesce(campaign_id, 0) <> ALL(%s) ORDER BY at LIMIT 5000)"""
UNMAPPED = """
    DELETE FROM unmapped_mail WHERE (account_id, digest) IN (
        SELECT account_id, digest FROM unmapped_mail WHERE taken_at < %s AND account_id <> ALL(%s)
        ORDER BY taken_at LIMIT 1000)"""
DMARC = """
    WITH gone AS (
        DELETE FROM dmarc_report WHERE (account_id, id) IN (
            SELECT account_id, id FROM dmarc_report WHERE taken_at < %s AND account_id <> ALL(%s)
            ORDER BY taken_at LIMIT 100)
        RETURNING account_id, id
    ), rows AS (
        DELETE FROM dmarc_row USING gone WHERE dmarc_row.account_id = gone.account_id AND dmarc_row.report = gone.id
    ) SELECT count(*) FROM gone"""
TLS = """
    DELETE FROM tls_report WHERE (account_id, domain, reporter, report_id, policy) IN (
        SELECT account_id, domain, reporter, report_id, policy FROM tls_report
        WHERE taken_at < %s AND account_id <> ALL(%s) ORDER BY taken_at LIMIT 1000)"""


def forget_feedback(before: datetime, held: Held) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FEEDBACK, [before, held.numbers("account"), held.numbers("campaign")])
        return cursor.rowcount


def forget_unmapped(before: datetime, held: Held) -> int:
    return deleted(UNMAPPED, before, held)


def forget_receiver_reports(before: datetime, held: Held) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DMARC, [before, held.numbers("account")])
        gone = int(cursor.fetchone()[0])
    return gone + deleted(TLS, before, held)


def deleted(sql: str, before: datetime, held: Held) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [before, held.numbers("account")])
        return cursor.rowcount
