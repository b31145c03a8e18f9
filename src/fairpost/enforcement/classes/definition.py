"""A class is written as its next version, once its rule has been read."""

from __future__ import annotations

from typing import Any

from django.db import connection

from fairpost.audit.actions import record
from fairpost.enforcement.classes.rule_json import rule_from_json
from fairpost.enforcement.models import ContentClass
from fairpost.enforcement.policies.digest import digest
from fairpost.enforcement.policies.names import checked_name, label
from fairpost.enforcement.policies.texts import checked_texts
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _


def write_class(
    actor: Actor, name: str, rule: Any, texts: Any, *, person_id: int | None, reason: str | None, clock: Clock
) -> ContentClass:
    """The row of the new version, recorded. Call it inside a transaction, after `authorise`."""
    rule_from_json(rule)
    content = {"name": checked_name(name, "name"), "rule": rule, "texts": checked_texts(texts)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"content_class:{name}"])
    latest = ContentClass.objects.filter(name=name).order_by("-version").first()
    if latest is not None and (latest.rule, latest.texts) == (rule, content["texts"]):
        raise Conflict(
            _("{label} has this rule and these texts already.").format(label=label(name, latest.version)), field="rule"
        )
    version = latest.version + 1 if latest else 1
    row = ContentClass.objects.create(
        version=version,
        hash=digest({**content, "version": version}),
        created_by_person_id=person_id,
        created_at=clock.now(),
        **content,
    )
    record(
        actor=actor,
        act="content_class.created",
        account_id=None,
        subject=f"content_class:{row.id}",
        reason=reason,
        facts={"name": name, "version": version, "hash": row.hash},
        clock=clock,
    )
    return row
