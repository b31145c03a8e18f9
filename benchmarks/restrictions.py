"""An installation under restrictions: many accounts, and tens of thousands of measures in force over them.

Written into the tables as they would be, beside the actions, which would take an hour for as many.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import stage as staging
from benchmarks.figure import say

ACCOUNTS = 900
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def staff(account_id: int) -> tuple[Any, Any]:
    """A proposer and an approver of the installation, an owner of the account, and the starter policy; made once."""
    from fairpost.enforcement.actions.install_starter_classes import install_starter_classes
    from fairpost.enforcement.actions.install_starter_policy import install_starter_policy
    from fairpost.tenants.actions.create_person import create_person
    from fairpost.tenants.actors import local_operator, person_actor

    actor = local_operator()
    install_starter_policy(actor=actor)
    install_starter_classes(actor=actor)
    people = (("mara", "reviewer", None), ("noor", "approver", None), ("ada", "owner", account_id))
    found = []
    for name, role, where in people:
        email = f"{name}@bench.example"
        number = staging.one("SELECT id FROM person WHERE email = %s", email)
        if number is None:
            made = create_person(actor=actor, account_id=where, email=email, name=name.title(), role=role)
            number = made.person_id
        found.append(person_actor(number, account_id=where))
    return found[0], found[1]


def neighbours(count: int = ACCOUNTS) -> list[int]:
    """So many other accounts, each with a unit, a domain and a sender."""
    if (staging.one("SELECT count(*) FROM account WHERE slug LIKE 'neighbour%%'") or 0) < count:
        staging.execute(NEIGHBOURS, count)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM account WHERE slug LIKE 'neighbour%%' ORDER BY id LIMIT %s", [count])
        return [row[0] for row in cursor.fetchall()]


NEIGHBOURS = """
WITH wanted AS (SELECT n, 'neighbour' || n AS slug FROM generate_series(1, %s::int) AS n),
body AS (
    INSERT INTO organisation (name, postal_address, created_at)
    SELECT slug, '1 Street', '2026-01-01Z' FROM wanted RETURNING id, name
), made AS (
    INSERT INTO account (holder_id, slug, name, language, time_zone, created_at)
    SELECT id, name, name, 'en', 'UTC', '2026-01-01Z' FROM body RETURNING id, slug, holder_id
), unit AS (
    INSERT INTO business_unit (account_id, slug, name, is_default, created_at)
    SELECT id, 'main', 'Main', true, '2026-01-01Z' FROM made RETURNING id, account_id
), domain AS (
    INSERT INTO sending_domain (account_id, name, created_at)
    SELECT id, slug || '.example', '2026-01-01Z' FROM made RETURNING id, account_id, name
)
INSERT INTO sender_identity (account_id, unit_id, organisation_id, domain_id, from_name, from_address, reply_to,
    postal_address, link_domain, return_path_domain, created_at)
SELECT made.id, unit.id, made.holder_id, domain.id, made.slug, 'news@' || domain.name, '', '1 Street', '', '',
    '2026-01-01Z'
FROM made JOIN unit ON unit.account_id = made.id JOIN domain ON domain.account_id = made.id
"""


def scopes(account_id: int, identity_id: int, count: int) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(kind, scope, effect) of measures on one account across all kinds of selectors; none stops its plain mail."""
    kinds: list[dict[str, Any]] = [
        {"campaign": [10**8]},
        {"content": ["0" * 64]},
        {"template": [10**8]},
        {"api_key": [10**8]},
        {"person": [10**8]},
        {"identity": [10**8]},
        {"unit": [10**8]},
        {"link_domain": ["elsewhere.example"]},
        {"domain": ["elsewhere.example"]},
        {"joint_sender": [10**8]},
        {"capability": ["import"]},
        {"content_class": ["combative-call-to-action@1"]},
        {"channel": ["letter"]},
        {"list": [10**8]},
        {"territory": ["nowhere"]},
    ]
    found = []
    for number in range(count):
        scope = dict(kinds[number % len(kinds)])
        for kind, (value,) in list(scope.items()):
            if isinstance(value, int):
                scope[kind] = [value + number]
            elif kind in ("link_domain", "domain", "territory"):
                scope[kind] = [f"n{number}.{value}"]
        scope["account"] = [account_id]
        effect = {"denies": ["import"]} if "capability" in scope else {"denies": ["sending"]}
        found.append(("capability_off" if "capability" in scope else "suspend_sending", scope, effect))
    return found


def seed(account_id: int, identity_id: int, own: int, others: int) -> None:
    """Measures in force: `own` on this account, `others` spread over the neighbours."""
    have = staging.one("SELECT count(*) FROM force WHERE source = 'measure' AND NOT ended")
    if have >= own + others:
        return
    say(f"putting {own + others} measures into force")
    rows = scopes(account_id, identity_id, own)
    accounts = neighbours()
    for number in range(others):
        scope = {"account": [accounts[number % len(accounts)]]}
        if number % 3 == 0:
            scope["capability"] = ["fundraising"]
        rows.append(("capability_off", scope, {"denies": ["fundraising"]}))
    write(rows, stated(account_id))
    staging.execute("ANALYZE")


def stated(account_id: int) -> dict[str, Any]:
    """The coverage statement of a measure on all of this account."""
    from fairpost.enforcement.coverage.compute import coverage
    from fairpost.enforcement.scope.selector import scope_from_json
    from fairpost.kernel.clock import SYSTEM_CLOCK

    scope = scope_from_json({"account": [account_id]})
    return dict(coverage(scope, frozenset({"sending"}), SYSTEM_CLOCK.now(), "country").statement)


def write(rows: list[tuple[str, dict[str, Any], dict[str, Any]]], statement: dict[str, Any]) -> None:
    from django.db import connection, transaction

    from fairpost.enforcement.force.store import raise_version

    ends = SINCE + timedelta(days=3650)
    with transaction.atomic(), connection.cursor() as cursor:
        version = raise_version(cursor)
        cursor.execute(
            "INSERT INTO enforcement_case (title, source, source_identity, queue, opened_at, due_at, closed_reason)"
            " VALUES ('seeded', 'own_initiative', '', 'general', %s, %s, '') RETURNING id",
            [SINCE, ends],
        )
        case = cursor.fetchone()[0]
        cursor.executemany(
            SEEDED,
            [
                {
                    "case": case, "kind": kind, "scope": json.dumps(scope), "effect": json.dumps(effect), "at": SINCE,
                    "ends": ends, "version": version, "statement": json.dumps(statement),
                    "duration": json.dumps({"kind": "until", "ends_at": ends.isoformat()}),
                }
                for kind, scope, effect in rows
            ],
        )  # fmt: skip


SEEDED = """
WITH decided AS (
    INSERT INTO decision (case_id, facts, quoted, campaigns, milder_step, milder_why_not, automated_detection,
        automated_decision, assessment, responsible, legal_ground, outside_redress, detail, evidence_hash, version,
        proposed_at)
    VALUES (%(case)s, 'seeded', '', '[]', '-', '-', false, 'no', '{}', '[]', '', '', '{}', '', '', %(at)s)
    RETURNING id
), measured AS (
    INSERT INTO measure (decision_id, kind, mechanism, scope, duration, strike, four_eyes)
    SELECT id, %(kind)s, '{"queue": "hold", "capability": "import"}', %(scope)s, %(duration)s, false, 'no' FROM decided
    RETURNING id, decision_id
), acted AS (
    INSERT INTO measure_act (measure_id, act, at, reason, detail)
    SELECT id, act, %(at)s, '', '{}'
    FROM measured, unnest(ARRAY['proposed', 'approved']) AS act
), covered AS (
    INSERT INTO coverage_revision (measure_id, revision, statement, hash, why, at)
    SELECT id, 1, %(statement)s, '', 'proposed', %(at)s FROM measured
)
INSERT INTO force (source, source_id, decision_id, kind, scope, effect, starts_at, ends_at, stays, ended, version)
SELECT 'measure', id, decision_id, %(kind)s, %(scope)s, %(effect)s, %(at)s, %(ends)s, '[]', false, %(version)s
FROM measured
"""
