"""Mallory calls every operation there is with Ada's ids: nothing of Ada's is seen and nothing changes.

The operations are taken from the OpenAPI document, so a new one is tried from the day it is there. Each is
called with bodies that would do (or that at least fit), so that only the account stands between Mallory and the deed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from tests.builders.api import Program, program
from tests.builders.appeals import filed, suspended
from tests.builders.campaigns import Author, make_author
from tests.builders.enforcement import make_staff
from tests.builders.examples import example
from tests.builders.mails import signing_relay
from tests.builders.tenants import make_account, make_joint_sender, make_person

from fairpost.api.application import document
from fairpost.contacts.actions.change_segments import create_segment
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.enforcement.actions.begin_pause import begin_pause
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.segments.audience import Audience
from fairpost.tenants import queries
from fairpost.tenants.actions.add_outside_contact import add_outside_contact

WRITES = ("post", "put", "patch", "delete")
# Operations that concern the caller only, or what is everybody's.
OPEN = {
    "get_self", "list_accounts", "list_starters", "list_clauses", "list_clause_versions", "get_clause", "validate",
    "list_statements", "list_register", "get_register_guarantees", "file_report",
}  # fmt: skip
# Operations on one account's things that only the installation's people may do: refused before anything is looked up.
OF_STAFF = {"review_held"}
UNCHANGED_TABLES = """
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
AND table_name NOT IN ('api_bucket', 'api_answer', 'api_key', 'gate_epoch') ORDER BY 1
"""


@dataclass
class World:
    """Ada's account with one of everything, and Mallory's with a few of her own."""

    ada: Author
    program: Program
    ids: dict[str, int]
    bodies: dict[str, Any]


def one_of_everything(author: Author) -> dict[str, Any]:
    """Ids of one of each kind in this account, by their names in paths."""
    ada = program(author.tenant)
    joint, members = make_joint_sender(author.tenant)
    person = make_person(author.account_id, "Ben", "author")
    news = ada.made("lists", {"name": "News"})["list_id"]
    author.people(f"ann{author.account_id}@x.example")
    options = json.dumps({"consent": "form"})
    imported = ada.upload("imports", b"email\nbob@x.example\n", options=options).data["import_id"]
    segment = create_segment(**author.who, name="Italy", condition='country = "IT"')
    suppress_addresses(**author.who, addresses=["gone@x.example"], reach="account", reason="asked")
    ada.made("consent-texts", {"name": "news", "text": "You may write to me."})
    form = {"title": "News", "lists": [news], "consent": "news", "identity_id": author.identity_id}
    template = ada.get("templates").data["items"][0]["id"]
    return {
        "account_id": author.account_id,
        "unit_id": author.tenant.unit_id,
        "organisation_id": members[0],
        "joint_sender_id": joint,
        "person_id": person.person_id or 0,
        "identity_id": author.identity_id,
        "key_id": queries.identity_keys(author.account_id, author.identity_id)[0].id,
        "list_id": news,
        "form_id": ada.made("forms", form)["id"],
        "import_id": imported,
        "segment_id": segment,
        "template_id": template,
        "version_id": author.version_id,
        "content_version_id": author.version_id,
        "campaign_id": author.campaign(audience=Audience(lists=(news,))),
        "relay_id": 1,
        "address": f"ann{author.account_id}@x.example",
        "domain": "sender.example",
        "webhook_id": ada.made("webhooks", {"url": "https://93.184.215.14/", "events": ["*"]})["id"],
        "hook_id": ada.made("hooks", {"provider": "generic"})["hook_id"],
        **enforcement_on(author),
    }


def enforcement_on(author: Author) -> dict[str, int]:
    """The same of what enforcement did to the account, and what the account did about it."""
    made = suspended(make_staff(), author.tenant, SYSTEM_CLOCK)
    appeal = filed(author.tenant, made.decision.id, SYSTEM_CLOCK)
    pause = begin_pause(**author.who, capability="import")
    contact = add_outside_contact(**author.who, email="lawyer@x.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM notice WHERE account_id = %s", [author.account_id])
        (notice,) = cursor.fetchone()
    return {
        "decision_id": made.decision.id,
        "case_id": made.decision.case_id,
        "measure_id": made.decision.measures[0].id,
        "appeal_id": appeal.id,
        "pause_id": pause.pause.id,
        "contact_id": contact.contact_id,
        "notice_id": notice,
    }


def bodies(ids: dict[str, int]) -> dict[str, Any]:
    """For each operation with a body, one that would do if the ids were the caller's own."""
    lists = {"lists": [ids["list_id"]]}
    campaign = {
        "name": "x", "identity_id": ids["identity_id"], "content_version_id": ids["version_id"], "audience": lists,
    }  # fmt: skip
    allocations = [{"organisation_id": ids["organisation_id"], "share": "100%"}]
    named, addresses = {"name": "x"}, {"addresses": ["gone@x.example"]}
    measure = {
        "kind": "suspend_sending", "scope": {"account": [ids["account_id"]]}, "mechanism": {"queue": "hold"},
        "duration": {"kind": "until", "ends_at": "2030-01-01T00:00:00+00:00"},
    }  # fmt: skip
    draft = {"facts": "x", "milder_step": "x", "milder_why_not": "x", "measures": [measure]}
    part = {"organisation_id": ids["organisation_id"], "since": "2026-01-01"}
    return {
        "create_account": {"slug": "x", "name": "x", "postal_address": "x"},
        "change_account": named,
        "create_unit": {"slug": "x", "name": "x"},
        "create_organisation": named,
        "create_holder": named,
        "identify_organisation": {"same_as_id": 1, "reason": "x"},
        "create_joint_sender": {"name": "x", "participants": [part]},
        "add_participant": part,
        "end_participation": {"until": "2026-12-31"},
        "publish_notice": {"allocations": allocations},
        "create_person": {"email": "m@x.example", "name": "M", "role": "owner"},
        "create_operator": {"email": "m@x.example", "name": "M", "role": "operator"},
        "grant_role": {"role": "owner", "unit_id": ids["unit_id"]},
        "set_password": {"password": "correct horse battery staple"},
        "create_key": {"name": "x", "capabilities": ["contacts.read"], "unit_id": ids["unit_id"]},
        "create_installation_key": {"name": "x", "capabilities": ["contacts.read"]},
        "create_identity": {"from_name": "x", "from_address": "m@x.example", "unit_id": ids["unit_id"]},
        "change_identity": {"from_name": "Mallory"},
        "rotate_dkim_key": {},
        "activate_dkim_key": {},
        "create_platform_key": {},
        "activate_platform_key": {},
        "suppress_addresses": {**addresses, "reason": "x", "reach": f"list:{ids['list_id']}"},
        "lift_suppression": {"address": "gone@x.example", "reason": "x"},
        "create_list": {"name": "x", "unit_id": ids["unit_id"]},
        "rename_list": named,
        "add_members": addresses,
        "remove_members": addresses,
        "publish_list": {"title": "x"},
        "create_form": {"title": "x", "consent": "news", "identity_id": ids["identity_id"], **lists},
        "publish_consent_text": {"name": "x", "text": "x"},
        "erase_contact": {"address": "gone@x.example", "reason": "x"},
        "switch_tracking": {"kind": "list", "key": str(ids["list_id"]), "off": True},
        "create_segment": {"name": "x", "condition": 'country = "IT"', "unit_id": ids["unit_id"]},
        "change_segment": {"condition": 'country = "FR"'},
        "create_template": {"name": "x", "unit_id": ids["unit_id"]},
        "edit_template": named,
        "copy_template": named,
        "check_content": {"subject": "x", "identity_id": ids["identity_id"]},
        "save_content_version": {"identity_id": ids["identity_id"]},
        "preview_content_version": {},
        "create_campaign": campaign,
        "change_campaign": campaign,
        "test_campaign": {"addresses": ["m@x.example"]},
        "schedule_campaign": {"at": "2030-01-01T00:00:00Z"},
        "add_webhook": {"url": "https://93.184.215.14/", "events": ["*"]},
        "redeliver": {"delivery_id": "dlv_" + 32 * "0"},
        "add_hook": {"provider": "generic"},
        "add_installation_hook": {"provider": "generic"},
        "create_relay": {"name": "x", "host": "mx.evil.example"},
        "pace_destination": {"per_second": 1},
        "abandon_sender": {"reason": "x"},
        "propose": {"clauses": ["fraud"], "draft": draft},
        "confirm_brake": {"clauses": ["fraud"], "draft": draft},
        "preview_coverage": {"kind": measure["kind"], "scope": measure["scope"]},
        "decide_appeal": {"rulings": [{"measure": f"M-{ids['measure_id']}", "outcome": "upheld", "reason": "x"}]},
        "take_interim_hold": {
            **examples(ids)["take_interim_hold"], "clauses": ["fraud"], "scope": {"account": [ids["account_id"]]},
        },
    }  # fmt: skip


def examples(ids: dict[str, int]) -> dict[str, Any]:
    """For each operation with a JSON body a smallest one that fits, with the ids by their names."""
    found = {}
    for name, _method, _path, operation in OPERATIONS:
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            found[name] = example(content["application/json"]["schema"], PARTS, ids)
    return found


OPERATIONS = [
    (operation["operationId"], method, path, operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]
PARTS = document()["components"]["schemas"]
# By the names they have in paths, below no account: what no operation finds, and what it takes for well formed.
SOME = {
    **dict.fromkeys(("period_id", "clearance_id", "report_id", "reporter_id", "order_id", "hold_id", "version"), 1),
    **dict.fromkeys(("code", "label", "name"), "fraud"),
    "role": "author",
    "destination": "x.example",
    "sender_id": "x",
    "edge_id": "0b5e7c1e-4d0e-4c39-8f0a-1d2d5f3a9f10",
}
TERM = "since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z"
QUERIES = {
    "get_contact": "address=gone@x.example",
    "list_consent": "address=gone@x.example",
    "get_dossier": "address=gone@x.example",
    "get_recipient": "address=gone@x.example",
    "explain_condition": "condition=country%20=%20%22IT%22",
    "list_recipients": "state=pending",
    "make_receipt": "order_id=o-1",
    "make_letter": "organisation_id=1&first=2026-01-01&last=2026-12-31",
    "unseal_register_entry": "reason=x",
    "end_keeping_out_register_entry": "reason=x",
    "get_transparency_report": TERM,
    "get_transparency_csv": TERM,
}


@pytest.fixture
def world(committed) -> World:
    signing_relay()
    ada, mallory = make_author(), make_author(owner="Mallory", from_address="m@mallory.example")
    ids = one_of_everything(ada)
    return World(ada, program(mallory.tenant), ids, {**examples(ids), **bodies(ids)})


def contents() -> dict[str, list]:
    """Every row of every table, but what a call itself leaves (its pace, when its key was used)."""
    with connection.cursor() as cursor:
        cursor.execute(UNCHANGED_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def call(
    caller: Program, world: World, name: str, method: str, path: str, account_id: int, absent: bool = False
) -> Any:
    """Calls an operation with Ada's ids, below this account; with `absent`, with ids that nothing has."""
    values = {**SOME, **world.ids, "account_id": account_id}
    if absent:
        values = {key: 2_000_000_000 if isinstance(value, int) else value for key, value in values.items()}
        values["account_id"] = account_id
    filled = re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), path)
    filled += f"?{QUERIES[name]}" if name in QUERIES else ""
    if name in ("create_import", "import_suppressions"):
        fields = {"options": json.dumps({"consent": "x", "list_id": world.ids["list_id"]})}
        if name == "import_suppressions":
            fields = {"reason": "x", "reach": f"list:{world.ids['list_id']}"}
        return caller.upload(filled, b"email\nm@x.example\n", **fields)
    return caller.send(method.upper(), filled, world.bodies.get(name))


def test_every_operation_below_adas_account_is_closed_to_mallory(world):
    before = contents()
    for name, method, path, _operation in OPERATIONS:
        if "{account_id}" in path and name not in OF_STAFF:
            response = call(world.program, world, name, method, path, world.ada.account_id)
            assert response.status_code == 404, (name, response.status_code, response.data)
            nobody = call(world.program, world, name, method, path, 2_000_000_000)
            assert nobody.content == response.content, name
    assert contents() == before


def test_adas_ids_below_mallorys_own_account_are_not_found(world):
    before = contents()
    tried = 0
    for name, method, path, _operation in OPERATIONS:
        named = set(re.findall(r"\{(\w+)\}", path)) - {"account_id"}
        if "{account_id}" not in path or not named or name in OF_STAFF:
            continue
        response = call(world.program, world, name, method, path, world.program.account_id)
        assert response.status_code == 404, (name, response.status_code, response.data)
        nobody = call(world.program, world, name, method, path, world.program.account_id, absent=True)
        assert nobody.status_code == 404, name
        assert without_numbers(nobody) == without_numbers(response), name
        tried += 1
    assert tried > 40
    assert contents() == before


def without_numbers(response: Any) -> str:
    """The answer but for the ids that were asked for."""
    return re.sub(r"\d+", "N", response.content.decode())


def test_adas_ids_in_the_body_of_mallorys_own_requests_are_not_found(world):
    """Bodies that name a unit, list, identity, version, template, organisation or pool of Ada's."""
    names = {
        "create_joint_sender", "create_key", "create_identity", "suppress_addresses", "create_list", "create_segment",
        "create_template", "check_content", "create_campaign", "import_suppressions", "create_import", "create_form",
        "switch_tracking", "name_receiver",
    }  # fmt: skip
    before = contents()
    for name, method, path, _operation in OPERATIONS:
        if name in names:
            response = call(world.program, world, name, method, path, world.program.account_id)
            assert response.status_code == 404, (name, response.status_code, response.data)
            names.discard(name)
    assert not names
    assert contents() == before


@pytest.mark.parametrize("kind", ["lists", "segments", "exclude_lists", "exclude_segments"])
def test_adas_lists_are_no_audience_for_mallory(world, kind):
    mallory = make_author(owner="Mallory", from_address="m2@mallory.example")
    caller = program(mallory.tenant)
    own = {"name": "x", "identity_id": mallory.identity_id, "content_version_id": mallory.version_id}
    audience = {"everyone": True, kind: [world.ids["segment_id" if "segments" in kind else "list_id"]]}
    assert caller.post("campaigns", {**own, "audience": audience}).status_code == 404
    draft = caller.made("campaigns", {**own, "audience": {"everyone": True}})
    assert caller.send("PATCH", f"campaigns/{draft['id']}", {"audience": audience}).status_code == 404


@pytest.mark.parametrize("name", ["list_id", "segment_id"])
def test_adas_lists_are_no_export_for_mallory(world, name):
    assert world.program.get(f"contacts/export?{name}={world.ids[name]}").status_code == 404


def test_what_is_the_installations_is_closed_to_accounts(world):
    before = contents()
    opened = {}
    for name, method, path, _operation in OPERATIONS:
        if ("{account_id}" not in path or name in OF_STAFF) and name not in OPEN:
            response = call(world.program, world, name, method, path, world.ada.account_id)
            if response.status_code not in (401, 403, 404):
                opened[name] = (response.status_code, response.data)
    assert not opened
    assert contents() == before


@pytest.mark.parametrize("path", ["/register", "/statements"])
def test_what_is_for_the_parties_is_not_for_mallory(world, path):
    """Both are lists for every caller; Ada's decision has an entry that is not public yet."""
    assert world.program.get(path).data["items"] == []
    assert path == "/statements" or program(world.ada.tenant).get(path).data["items"]


def test_mallory_lists_her_own_account_only(world):
    items = world.program.get("/accounts").data["items"]
    assert [each["id"] for each in items] == [world.program.account_id]


def test_nothing_answers_without_a_key(world):
    before = contents()
    for name, method, path, _operation in OPERATIONS:
        response = call(Program("fp_1_" + "A" * 43), world, name, method, path, world.ada.account_id)
        assert response.status_code == 401, (name, response.status_code)
    assert contents() == before


def test_a_key_of_one_unit_stays_in_it(world):
    """Ada's own program of another unit sees nothing that belongs to the first."""
    other = program(world.ada.tenant).made("units", {"slug": "other", "name": "Other"})["id"]
    caller = program(world.ada.tenant, unit_id=other)
    ids = world.ids
    for path in (f"identities/{ids['identity_id']}", f"campaigns/{ids['campaign_id']}"):
        assert caller.get(path).status_code == 404, path
    assert caller.get("identities").data["items"] == []
    assert caller.get("campaigns").data["items"] == []


def test_a_revoked_key_opens_nothing(world):
    tenant = make_account()
    caller = program(tenant)
    key_id = caller.get("/self").data["api_key_id"]
    assert caller.send("DELETE", f"keys/{key_id}").status_code == 204
    assert caller.get("lists").status_code == 401
