"""A program that knows nothing but the API gets from an empty installation to delivered mail."""

from __future__ import annotations

import json

import pytest
from tests.builders.api import Program, operator_program
from tests.builders.content import page
from tests.builders.sending import reached

from fairpost.api.imports import run_imports
from fairpost.tenants.capabilities import CAPABILITIES

CSV = b"email,first_name,country\nann@lake.example,Ann,IT\nbob@lake.example,Bob,FR\nnot an address,X,IT\n"


def open_account(operations: Program) -> Program:
    """An account, and a program of its own with a key for it."""
    account = operations.made(
        "/accounts", {"slug": "lake", "name": "Friends of the Lake", "postal_address": "1 Quay Street"}
    )
    capabilities = sorted(set(CAPABILITIES) - {"installation.manage", "relay.manage"})
    key = operations.made(f"/accounts/{account['id']}/keys", {"name": "site", "capabilities": capabilities})
    return Program(key["key"], account["id"])


def import_contacts(program: Program, list_id: int, data: bytes = CSV) -> dict:
    options = json.dumps({"consent": "Sign-up form, 2026", "list_id": list_id})
    response = program.upload("imports", data, options=options)
    assert response.status_code == 202, response.data
    assert response.data["state"] == "waiting"
    run_imports()
    return program.get(f"imports/{response.data['import_id']}").data


@pytest.mark.usefixtures("committed")
def test_from_an_empty_installation_to_delivered_mail(works):
    server = works.server()
    works.fold()
    works.sender()
    operations = operator_program()
    relay = {"name": "sink", "host": "127.0.0.1", "port": server.port, "tls": "none", "signs": True}
    operations.made("/relays", relay)
    program = open_account(operations)

    identity = program.made("identities", {"from_name": "The Lake", "from_address": "news@lake.example"})
    members = program.made("lists", {"name": "Newsletter"})
    done = import_contacts(program, members["list_id"])
    assert (done["state"], done["new"], done["rejected"], done["joined_list"]) == ("done", 2, 1, 2)
    rejects = b"".join(program.get(f"imports/{done['import_id']}/rejects").streaming_content)
    assert b"not an address" in rejects

    segment = program.made("segments", {"name": "Italy", "condition": 'country = "IT"'})
    assert program.get(f"segments/{segment['segment_id']}/count").data["contacts"] == 1
    template = program.made(
        "templates",
        {"name": "March", "subject": "Hello {{ first_name }}", "html": page('<p><a href="https://lake.example/">x</a></p>')},
    )
    version = program.made(f"templates/{template['id']}/versions", {"identity_id": identity["id"]})
    campaign = program.made(
        "campaigns",
        {
            "name": "March news",
            "identity_id": identity["id"],
            "content_version_id": version["id"],
            "audience": {"lists": [members["list_id"]]},
        },
    )
    one = f"campaigns/{campaign['id']}"
    assert program.get(f"{one}/audience").data["recipients"] == 2
    assert program.get(f"{one}/mail?address=bob@lake.example").data["subject"] == "Hello Bob"
    test = program.made(f"{one}/test", {"addresses": ["me@office.example"], "attributes": {"first_name": "Me"}})
    reached(program.account_id, test["id"])
    assert program.post(f"{one}/send").status_code == 200
    reached(program.account_id, campaign["id"])

    status = program.get(f"{one}/status").data
    assert (status["progress"]["accepted"], status["progress"]["pending"]) == (2, 0)
    assert server.counts == {"ann@lake.example": 1, "bob@lake.example": 1, "me@office.example": 1}
    accepted = program.get(f"{one}/recipients?state=accepted").data["items"]
    assert [each["address"] for each in accepted] == ["ann@lake.example", "bob@lake.example"]
    outcome = program.get(f"{one}/recipients/lookup?address=ann@lake.example").data
    assert (outcome["state"], outcome["attempts"][0]["code"]) == ("accepted", 250)
