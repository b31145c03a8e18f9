"""A file that comes by the API waits on disk for the worker, and is gone once it is used."""

from __future__ import annotations

import json

import pytest
from tests.builders.api import Program, program
from tests.builders.contacts import contacts_of
from tests.builders.sending import rows
from tests.builders.tenants import make_account

from fairpost.api.imports import run_imports
from fairpost.api.uploads import upload_folder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]
PEOPLE = b"email,city\nann@x.example,Bern\nbob@x.example,Lyon\n"


@pytest.fixture
def ada() -> Program:
    return program(make_account())


def files() -> list[str]:
    return sorted(path.name for path in upload_folder().iterdir())


def sent(ada: Program, data: bytes = PEOPLE, **options) -> dict:
    response = ada.upload("imports", data, options=json.dumps({"consent": "form", **options}))
    assert response.status_code == 202, response.data
    return response.data


def test_it_waits_then_is_done_and_its_file_is_gone(ada):
    before = files()
    waiting = sent(ada)
    assert (waiting["state"], len(files())) == ("waiting", len(before) + 1)
    assert contacts_of(ada.account_id) == {}
    assert run_imports() == 1
    assert set(contacts_of(ada.account_id)) == {"ann@x.example", "bob@x.example"}
    assert files() == before
    assert run_imports() == 0


def test_columns_kinds_and_duplicates_as_asked(ada):
    data = b"Contact;Town\nann@x.example;1\nANN@x.example;2\n"
    sent(ada, data, columns={"Contact": "email", "Town": "town"}, kinds={"town": "number"}, keep="first")
    run_imports()
    assert contacts_of(ada.account_id) == {"ann@x.example": {"town": 1}}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_every_encoding_leaves_no_file_behind(ada, encoding):
    before = files()
    sent(ada, "email,city\nann@x.example,Zürich\n".encode(encoding))
    run_imports()
    assert contacts_of(ada.account_id) == {"ann@x.example": {"city": "Zürich"}}
    assert files() == before


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b"", {}),
        (b"a,b\n1,2\n", {}),
        (PEOPLE, {"consent": ""}),
        (PEOPLE, {"columns": {"none": "email"}}),
        (PEOPLE, {"x": 1}),
    ],
)
def test_what_cannot_be_read_is_refused_at_once_and_leaves_nothing(ada, data, options):
    before = files()
    response = ada.upload("imports", data, options=json.dumps({"consent": "form", **options}))
    assert response.status_code == 422, response.data
    assert files() == before
    assert rows("SELECT count(*) FROM api_upload")[0][0] == 0
    assert ada.get("imports").data["items"] == []


@pytest.mark.parametrize("fields", [{}, {"options": "{"}, {"options": '"x"'}])
def test_a_form_without_its_options_is_refused(ada, fields):
    assert ada.upload("imports", PEOPLE, **fields).status_code in (400, 422)


def test_cancelled_it_changes_nobody_and_its_file_is_gone(ada):
    before = files()
    number = sent(ada)["import_id"]
    assert ada.post(f"imports/{number}/cancel").data["state"] == "cancelled"
    assert files() == before
    assert run_imports() == 0
    assert contacts_of(ada.account_id) == {}
    assert ada.post(f"imports/{number}/resume").status_code == 409


def test_given_up_it_says_why_and_can_be_resumed(ada):
    number = sent(ada)["import_id"]
    path = upload_folder() / rows("SELECT path FROM api_upload")[0][0]
    data = path.read_bytes()
    path.unlink()
    run_imports()
    told = ada.get(f"imports/{number}").data
    assert told["state"] == "given_up"
    assert "gone" in told["problem"]
    assert run_imports() == 0
    path.write_bytes(data)
    assert ada.post(f"imports/{number}/resume").data["state"] == "waiting"
    run_imports()
    assert ada.get(f"imports/{number}").data["state"] == "done"


def test_sent_again_with_its_idempotency_key_it_is_one_import(ada):
    key = {"Idempotency-Key": "upload-1"}
    options = json.dumps({"consent": "form"})
    first, second = (ada.upload("imports", PEOPLE, options=options, headers=key) for _n in range(2))
    other = ada.upload("imports", PEOPLE + b"eve@x.example,Rome\n", options=options, headers=key)
    assert first.data["import_id"] == second.data["import_id"]
    assert second["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.data["type"]) == (422, "urn:fairpost:problem:key-reused")
    assert len(ada.get("imports").data["items"]) == 1


def test_a_key_of_one_unit_imports_for_its_unit(ada):
    tenant = make_account()
    caller = program(tenant, unit_id=tenant.unit_id)
    number = sent(caller)["import_id"]
    assert rows("SELECT unit_id FROM contacts_contactimport WHERE id = %s", number) == [(tenant.unit_id,)]
    run_imports()
    assert len(contacts_of(tenant.account_id)) == 2


def test_a_reader_cannot_import():
    tenant = make_account()
    reader = program(tenant, "contacts.read")
    before = files()
    assert reader.upload("imports", PEOPLE, options='{"consent": "x"}').status_code == 403
    assert files() == before


def test_a_file_of_addresses_is_suppressed(ada):
    before = files()
    data = b"email\nann@x.example\nno address\n"
    response = ada.upload("suppressions/import", data, reason="asked", reach="account")
    assert response.status_code == 200, response.data
    assert (response.data["added"], response.data["rejected"]) == (1, 1)
    assert files() == before


def test_an_export_has_every_contact_and_is_on_record(ada):
    sent(ada)
    run_imports()
    before = files()
    response = ada.get("contacts/export?reason=backup")
    text = b"".join(response.streaming_content).decode()
    assert text.splitlines() == ["email,city", "ann@x.example,Bern", "bob@x.example,Lyon"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert files() == before
    event = ada.get("events?limit=1").data["items"][0]
    assert (event["act"], event["reason"]) == ("contacts.exported", "backup")
