"""Deletes what was posted, and what providers posted, once it is past its time."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fairpost.audit.holds import Held

# By the indexes on age.
EVENTS = """
    DELETE FROM webhook_event WHERE (account_id, webhook_id, event_id) IN (
        SELECT account_id, webhook_id, event_id FROM webhook_event
        WHERE noted_at < %s AND account_id <> ALL(%s) LIMIT 5000)"""
DELIVERIES = """
    DELETE FROM webhook_delivery WHERE (account_id, webhook_id, delivery_id) IN (
        SELECT account_id, webhook_id, delivery_id FROM webhook_delivery
        WHERE made_at < %s AND account_id <> ALL(%s) LIMIT 5000)"""
POSTS = """
    DELETE FROM intake WHERE (account_id, id) IN (
        SELECT account_id, id FROM intake WHERE received_at < %s LIMIT 5000)"""
SEEN = """
    DELETE FROM intake_seen WHERE (account_id, hook_id, message_id) IN (
        SELECT account_id, hook_id, message_id FROM intake_seen WHERE at < %s LIMIT 5000)"""


def forget_deliveries(before: datetime, held: Held) -> int:
    """Events noted and deliveries made before, whether they were taken or not."""
    return delete(EVENTS, [before, held.numbers("account")]) + delete(DELIVERIES, [before, held.numbers("account")])


def forget_posts(before: datetime, _held: Held) -> int:
    """Posts that came before, with the ids by which one that comes again is known.

    No hold keeps them: of a post that was taken only its headers are left, and what it said stands elsewhere.
    """
    return delete(POSTS, [before]) + delete(SEEN, [before])


def delete(sql: str, values: list[object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount
