"""The register, reports, orders and figures by API: the same acts, and nothing more to be seen than elsewhere."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.builders.api import Program, program
from tests.builders.register import SECRET, START, keep_out, legal_officer, make_decision, make_order
from tests.builders.tenants import make_account, make_person

from fairpost.enforcement.actions.seal_entry import seal_entry
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import FixedClock
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    standing = FixedClock(START + DAY)
    monkeypatch.setattr("fairpost.kernel.clock.SystemClock.now", lambda _self: standing.at)
    return standing


def personal(actor: Actor) -> Program:
    """The program of a person of the installation."""
    made = create_api_key(actor=local_operator(), account_id=None, name="own", person_id=actor.person_id)
    return Program(made.key)


def test_a_party_sees_its_own_entry_and_another_account_does_not():
    tenant, other = make_account(), make_account(owner="Mallory")
    decision = make_decision(tenant)
    mine, foreign = program(tenant), program(other)
    assert [each["id"] for each in mine.get("/register").data["items"]] == [f"D-{decision}"]
    entry = mine.get(f"/register/{decision}")
    assert entry.data["visibility"] == "parties" and entry.data["statements"][0]["kind"] == "decided"
    assert foreign.get("/register").data == {"items": [], "next": None}
    kept, unknown = foreign.get(f"/register/{decision}"), foreign.get("/register/999999")
    assert kept.status_code == unknown.status_code == 404
    assert kept.data["detail"].replace(str(decision), "N") == unknown.data["detail"].replace("999999", "N")


def test_sealed_and_kept_out_ones_leak_nothing(clock):
    tenant = make_account()
    sealed, kept = make_decision(tenant), make_decision(tenant)
    keep_out(kept)
    seal_entry(
        actor=make_person(None, "Olga", "operator"), decision_id=sealed, until=START + 9 * DAY, legal_basis="law"
    )
    readers = [program(tenant), personal(make_person(None, "Mara", "reviewer")), personal(legal_officer())]
    for reader in readers:
        everything = json.dumps([reader.get("/register").data, reader.get(f"/register/{sealed}").data])
        assert SECRET not in everything and "suspend" not in everything and f"D-{kept}" not in everything
        assert reader.get(f"/register/{kept}").status_code == 404
    clock.at = START + 9 * DAY
    assert SECRET in json.dumps(readers[0].get(f"/register/{sealed}").data)


def test_pages_by_api_go_on():
    tenant = make_account()
    made = {f"D-{make_decision(tenant, now=START + n * timedelta(minutes=1))}" for n in range(3)}
    reader, address, seen = program(tenant), "/register?limit=2", []
    while address:
        found = reader.get(address).data
        seen += [each["id"] for each in found["items"]]
        address = found["next"]
    assert len(seen) == 3 and set(seen) == made


def test_sealing_and_keeping_out_by_api():
    decision = make_decision(make_account())
    officer = legal_officer()
    order = make_order(officer)
    operator = personal(make_person(None, "Olga", "operator"))
    until = (START + 5 * DAY).isoformat()
    body = {"until": until, "legal_basis": "law"}
    assert operator.post(f"/register/{decision}/seal", body).status_code == 201
    assert operator.send("DELETE", f"/register/{decision}/seal?reason=done").status_code == 204
    assert operator.post(f"/register/{decision}/keep-out", {"order_id": order}).status_code == 403
    legal = personal(officer)
    assert legal.post(f"/register/{decision}/keep-out", {"order_id": order}).status_code == 201
    assert legal.post(f"/register/{decision}/seal", body).status_code == 403
    assert legal.send("DELETE", f"/register/{decision}/keep-out").status_code == 422, "never without a reason"
    assert legal.send("DELETE", f"/register/{decision}/keep-out?reason=over").status_code == 204
    assert operator.get("/register/guarantees").data["undisclosed"] == {"orders": "1-9", "entries": "0"}


def test_an_impersonal_key_seals_nothing():
    decision = make_decision(make_account())
    made = create_api_key(
        actor=local_operator(), account_id=None, name="machine", capabilities=["register.manage", "legal.order"]
    )
    body = {"until": (START + 5 * DAY).isoformat(), "legal_basis": "law"}
    assert Program(made.key).post(f"/register/{decision}/seal", body).status_code == 403


def test_a_report_by_api_from_filing_to_complaint():
    anybody = program(make_account())
    body = {"category": "hate", "text": "They call us vermin.", "target": "the mail of Tuesday"}
    filed = anybody.post("/reports", body, **{"Idempotency-Key": "one"})
    assert filed.status_code == 201 and "/report/" in filed.data["url"]
    again = anybody.post("/reports", body, **{"Idempotency-Key": "one"})
    assert again.data["id"] == filed.data["id"] and again.data["url"] is None
    assert anybody.post("/reports", {**body, "category": "x"}).status_code == 422
    assert anybody.get("/reports").status_code == 403
    reviewer = personal(make_person(None, "Mara", "reviewer"))
    number = filed.data["number"]
    assert [each["id"] for each in reviewer.get("/reports?state=filed").data["items"]] == [filed.data["id"]]
    assert reviewer.get(f"/reports/{number}").data["text"] == body["text"]
    assert reviewer.post(f"/reports/{number}/decision", {"reasons": "It is a quotation."}).status_code == 204
    assert reviewer.post(f"/reports/{number}/decision", {"reasons": "No."}).status_code == 409
    wrong = reviewer.post(f"/reports/{number}/complaint-decision", {"changed": True, "reasons": "x"})
    assert wrong.status_code == 409


def test_trusted_reporters_by_api():
    operator = personal(make_person(None, "Olga", "operator"))
    made = operator.post("/trusted-reporters", {"name": "Safe Mail Institute"})
    assert made.status_code == 201
    anybody = program(make_account())
    body = {"category": "fraud", "text": "x", "trusted_token": made.data["token"]}
    assert anybody.post("/reports", body).status_code == 201
    assert operator.send("DELETE", f"/trusted-reporters/{made.data['id']}").status_code == 204
    assert anybody.post("/reports", {**body, "text": "y"}).status_code == 403
    assert operator.get("/trusted-reporters").data["items"][0]["until"] is not None


def test_orders_by_api():
    legal = personal(legal_officer())
    body = {
        "authority": "Court", "text": "Stop.", "legal_basis": "Article 9", "scope": "all",
        "deadline": (START + 3 * DAY).isoformat(), "served_by": "Bailiff", "served_at": START.isoformat(),
    }  # fmt: skip
    made = legal.post("/orders", body)
    assert made.status_code == 201 and made.data["state"] == "open"
    number = int(made.data["id"].removeprefix("O-"))
    acts = f"/orders/{number}/acts"
    assert legal.post(acts, {"act": "stayed", "what": "x", "until": (START + 2 * DAY).isoformat()}).status_code == 204
    assert legal.post(acts, {"act": "closed", "what": "x", "until": START.isoformat()}).status_code == 422
    assert legal.post(acts, {"act": "closed", "what": "done"}).status_code == 204
    assert legal.get(f"/orders/{number}").data["line"]["state"] == "closed"
    assert legal.get("/orders").data["items"] == []
    reviewer = personal(make_person(None, "Mara", "reviewer"))
    assert reviewer.get("/orders").status_code == reviewer.get(f"/orders/{number}").status_code == 403


def test_figures_by_api_are_for_those_who_read_all_decisions():
    tenant = make_account()
    make_decision(tenant)
    period = "since=2027-01-01T00:00:00Z&until=2028-01-01T00:00:00Z"
    auditor = personal(make_person(None, "Aude", "auditor"))
    assert auditor.get(f"/transparency?{period}").data["decided"]["by_kind"] == {"suspend_sending": 1}
    response = auditor.client.get(
        f"/api/v1/transparency.csv?{period}", headers={"Authorization": f"Bearer {auditor.key}", "Host": "localhost"}
    )
    assert b"by_kind,suspend_sending,1" in response.content
    assert program(tenant).get(f"/transparency?{period}").status_code == 403
    assert auditor.get("/transparency?since=2027-01-01T00:00:00&until=x").status_code == 422
