"""Whatever goes wrong, the answer is one problem document (RFC 9457) that says what to do."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from tests.builders.api import HOST, Program, program
from tests.builders.tenants import make_account

from fairpost.api.problems import MEDIA_TYPE, answer_to
from fairpost.kernel.errors import Restricted
from fairpost.runtime.trouble import explained

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Program:
    return program(make_account())


def problem(response, status: int, slug: str) -> dict:
    """The document, proven to be one."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == MEDIA_TYPE
    document = json.loads(response.content)
    assert document["type"] == f"urn:fairpost:problem:{slug}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


@pytest.mark.parametrize("path", ["/nothing", "/accounts/1/nothing", "/lists", "//", "/openapi.json/x"])
def test_an_unknown_address(ada, path):
    response = ada.get(f"/api/v1{path}")
    problem(response, 404, "not-found")
    assert response["Cache-Control"] == "no-store"


def test_another_method(ada):
    response = ada.send("PUT", "lists")
    problem(response, 405, "method-not-allowed")
    assert response["Allow"] == "GET, POST"


@pytest.mark.parametrize("key", ["", "fp_1_x", "fp_999999_" + "A" * 43, "Ünïcode", "\x00", " "])
def test_no_key_that_is_in_force(ada, key):
    response = Program(key, ada.account_id).get("lists")
    problem(response, 401, "not-authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer-ish"])
def test_another_scheme(ada, scheme):
    problem(ada.get("lists", Authorization=f"{scheme} {ada.key}"), 401, "not-authenticated")


def test_a_capability_that_the_key_lacks():
    tenant = make_account()
    reader = program(tenant, "contacts.read")
    assert "list.write" in problem(reader.post("lists", {"name": "x"}), 403, "forbidden")["detail"]


def test_fields_that_do_not_fit_are_all_named(ada):
    document = problem(ada.post("lists", {"nam": "x", "unit_id": "1"}), 422, "invalid")
    assert {each["field"] for each in document["errors"]} == {"name", "nam", "unit_id"}
    assert document["field"]


def test_an_error_of_an_action_names_field_and_hint(ada):
    document = problem(ada.post("segments", {"name": "x", "condition": 'list("none") and'}), 422, "invalid")
    assert document["detail"]
    document = problem(ada.post("suppressions", {"addresses": ["no address"], "reason": "x"}), 422, "invalid")
    assert document["field"] == "addresses"


def test_a_conflict(ada):
    ada.made("lists", {"name": "News"})
    assert problem(ada.post("lists", {"name": "News"}), 409, "conflict")["field"] == "name"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[1,]",
        '{"name": NaN}',
        '{"name": Infinity}',
        '{"name": "a", "name": "b"}',
        '{"name": "\\u0000"}',
        '{"name": "\\ud800"}',
        '{"\\ud800": 1}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_not_json(ada, body):
    problem(ada.post("lists", body), 400, "bad-request")


@pytest.mark.parametrize("body", ["null", "1", '"x"', "[]"])
def test_a_body_that_is_json_and_no_object(ada, body):
    problem(ada.post("lists", body), 422, "invalid")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/csv", ""])
def test_another_media_type(ada, kind):
    problem(ada.post("lists", '{"name": "x"}', **{"Content-Type": kind}), 415, "unsupported-media-type")


def test_a_body_that_is_too_large(ada, settings):
    most = settings.FAIRPOST.api_body_megabytes * 1_000_000
    problem(ada.post("lists", '{"name": "' + "x" * most + '"}'), 413, "too-large")


def test_a_file_that_is_too_large_is_refused_by_its_length(ada):
    response = ada.client.generic(
        "POST",
        ada.path("imports"),
        b"",
        content_type="multipart/form-data; boundary=x",
        headers={"Host": HOST, "Authorization": f"Bearer {ada.key}"},
        CONTENT_LENGTH=str(10**12),
    )
    problem(response, 413, "too-large")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "99999999999999999999", "2147483648", "١"])
def test_a_number_that_can_be_no_id(ada, number):
    assert ada.get(f"lists/{number}").status_code == 422


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "after=-1", "after=1e3"])
def test_a_query_that_does_not_fit(ada, query):
    assert problem(ada.get(f"organisations?{query}"), 422, "invalid")["field"] in ("limit", "after")


def test_a_query_parameter_that_does_not_exist(ada):
    document = problem(ada.get("organisations?limt=5"), 422, "invalid")
    assert (document["field"], document["hint"]) == ("limt", "Choose one of after, limit.")


@pytest.mark.parametrize("at", ["2027-03-01T09:00:00", "tomorrow", 1804000000, None])
def test_a_time_without_zone(ada, at):
    response = ada.post("keys", {"name": "x", "capabilities": ["contacts.read"], "expires_at": at})
    if at is None:
        assert response.status_code == 201
    else:
        assert problem(response, 422, "invalid")["field"] == "expires_at"


def test_the_database_is_away():
    request = RequestFactory().get("/api/v1/self")
    response = answer_to(OperationalError("connection to server at 10.0.0.7 failed: no route"), request)
    problem(response, 503, "unavailable")
    assert response["Retry-After"]
    assert b"10.0.0.7" not in response.content


def test_a_defect_shows_no_traceback():
    request = RequestFactory().get("/api/v1/self")
    response = answer_to(ZeroDivisionError("secret detail"), request)
    problem(response, 500, "error")
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content


def test_another_host_gets_a_problem(ada):
    problem(ada.get("lists", Host="evil.example"), 400, "bad-request")


@pytest.mark.parametrize(
    ("accepted", "title"),
    [("fr-CH, en;q=0.5", "Introuvable"), ("it", "Non trovato"), ("en", "Not found"), ("de", "Not found")],
)
def test_it_speaks_the_callers_language(ada, accepted, title):
    assert ada.get("lists/1", **{"Accept-Language": accepted}).data["title"] == title


def test_a_browsers_cookie_is_no_key():
    client = Client(headers={"Host": HOST}, raise_request_exception=False)
    client.cookies["sessionid"] = "x"
    problem(client.get("/api/v1/self"), 401, "not-authenticated")


def test_a_restriction_names_its_decision_its_page_and_all_reasons():
    error = Restricted(
        "Imports are off for this account.",
        decision="D-17",
        url="https://mail.example/d/17",
        reasons=("M-3: imports off", "M-4: imports off"),
    )
    document = problem(answer_to(error, RequestFactory().get("/")), 403, "restricted")
    assert (document["decision"], document["url"]) == ("D-17", "https://mail.example/d/17")
    assert document["reasons"] == ["M-3: imports off", "M-4: imports off"]
    assert "https://mail.example/d/17" in document["hint"]


def test_a_restriction_is_one_line_with_its_page_on_the_command_line():
    said = explained(Restricted("Imports are off.", decision="D-17", url="https://mail.example/d/17"))
    assert said.exit_status == 1
    assert said.sentence.startswith("Imports are off. ")
    assert said.sentence.endswith("https://mail.example/d/17")
    assert "\n" not in said.sentence
