"""The permanent addresses of entries and statements, and their names in feeds (tag URIs, RFC 4151)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from fairpost.enforcement.naming import label


def register_url(path: str = "") -> str:
    """An address below /register; `path` begins with / or a dot."""
    return f"{settings.FAIRPOST.platform_url}/register{path}"


def entry_url(decision_id: int) -> str:
    return register_url(f"/{label('decision', decision_id)}")


def entry_tag(decision_id: int, made_at: datetime) -> str:
    """The entry's name for ever, whatever becomes of the installation's addresses; of its time it tells the year."""
    return f"tag:{settings.FAIRPOST.platform_host},{made_at.year}:register/{label('decision', decision_id)}"


def statement_tag(decision_id: int, made_at: datetime, number: int) -> str:
    return f"{entry_tag(decision_id, made_at)}/{number}"


def feed_tag() -> str:
    return f"tag:{settings.FAIRPOST.platform_host},2026:register"
