"""A clause is written as its next version, and the version before ends in the same moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from fairpost.audit.actions import record
from fairpost.enforcement.dsa.values import allowed
from fairpost.enforcement.models import PolicyClause
from fairpost.enforcement.policies.digest import digest
from fairpost.enforcement.policies.names import checked_name
from fairpost.enforcement.policies.texts import checked_texts
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """What is to be published. `effective_from` None means at once."""

    code: str
    texts: Any
    dsa_category: str
    dsa_keywords: Collection[str] = ()
    ground: str = "incompatible"
    effective_from: datetime | None = None


def write_clause(actor: Actor, draft: ClauseDraft, *, reason: str | None, clock: Clock) -> PolicyClause:
    """The row of the new version, recorded. Call it inside a transaction, after `authorise`.

    Raises Invalid for what cannot be published and Conflict where it would begin before a version that has
    been published already.
    """
    content = {
        "code": checked_name(draft.code, "code"),
        "texts": checked_texts(draft.texts),
        **dsa_fields(draft),
    }
    latest = locked_latest(draft.code)
    now = clock.now()  # behind the lock: who waited for another version begins after it
    content["effective_from"] = begin_of(draft, now)
    version = 1 if latest is None else latest.version + 1
    if latest is not None:
        end(latest, content["effective_from"])
    row = PolicyClause.objects.create(
        version=version, created_at=now, hash=digest({**content, "version": version}), **content
    )
    record(
        actor=actor,
        act="policy.published",
        account_id=None,
        subject=f"policy_clause:{row.id}",
        reason=reason,
        facts={"code": row.code, "version": version, "from": str(row.effective_from), "hash": row.hash},
        clock=clock,
    )
    return row


def dsa_fields(draft: ClauseDraft) -> dict[str, Any]:
    """How statements of reasons that quote this clause are filed (the lists of the DSA Transparency Database)."""
    keywords = sorted(set(draft.dsa_keywords))
    known = [("ground", draft.ground, frozenset(PolicyClause.Ground.values))]
    known.append(("dsa_category", draft.dsa_category, allowed("category")))
    known += [("dsa_keywords", each, allowed("keyword")) for each in keywords]
    for field, value, values in known:
        if value not in values:
            raise Invalid(_("{field} cannot be {value}.").format(field=field, value=repr(value)), field=field)
    return {"dsa_category": draft.dsa_category, "dsa_keywords": keywords, "ground": draft.ground}


def begin_of(draft: ClauseDraft, now: datetime) -> datetime:
    """When it begins, in UTC: not in the past, since nobody can keep a rule that was not there."""
    begin = draft.effective_from
    if begin is None:
        return now
    if begin.tzinfo is None:
        raise Invalid(
            _("The time from which a clause holds needs its time zone, such as 2027-03-01T09:00:00+01:00."),
            field="effective_from",
        )
    if begin < now:
        raise Invalid(
            _("A clause cannot hold from a time in the past ({begin}): it is now {now}.").format(
                begin=begin.isoformat(), now=now.isoformat(timespec="seconds")
            ),
            field="effective_from",
        )
    return begin.astimezone(UTC)


def locked_latest(code: str) -> PolicyClause | None:
    """The latest version; nobody else publishes this code until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"policy_clause:{code}"])
    return PolicyClause.objects.filter(code=code).order_by("-version").first()


def end(latest: PolicyClause, at: datetime) -> None:
    """Ends the version before; the database lets this happen once."""
    if at <= latest.effective_from:
        raise Conflict(
            _("Version {version} of {code} begins at {begin}: the next one must begin later.").format(
                version=latest.version, code=latest.code, begin=latest.effective_from.isoformat()
            ),
            field="effective_from",
        )
    PolicyClause.objects.filter(id=latest.id, effective_to=None).update(effective_to=at)
