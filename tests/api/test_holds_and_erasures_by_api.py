"""Heads are published, holds placed and subjects erased by the API as by command."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders.api import Program
from tests.builders.audit import asked, note, sealed_notes

from fairpost.audit.actions.publish_head import publish_head
from fairpost.audit.queries import current_head
from fairpost.audit.vault import destroy_key, open_for, seal_for
from fairpost.kernel.clock import SystemClock
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db
HOLD = {"name": "case", "legal_basis": "court order 7", "items": ["person:1"], "reason": "pending"}


def program(*capabilities: str) -> Program:
    return Program(create_api_key(actor=local_operator(), account_id=None, name="k", capabilities=capabilities).key)


def test_heads_come_in_pages_by_sequence():
    auditor = program("audit.read")
    for day in range(1, 4):
        sealed_notes(1)
        assert publish_head(SystemClock(timedelta(days=day))) == 1
    first = current_head().sequence - 3
    page = auditor.get(f"/audit/heads?after={first}&limit=2").data
    rest = auditor.get(page["next"]).data
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert (rest["items"][0]["sequence"], rest["items"][0]["hash"]) == (current_head().sequence, current_head().hash)


def test_a_hold_keeps_a_subject_from_being_erased_until_it_is_released():
    officer, keeper = program("legal.order", "audit.read"), program("audit.seal")
    sealed = seal_for("person:1", b"mine")
    placed = officer.post("/audit/holds", HOLD)
    assert (placed.status_code, placed.data["erased"]) == (201, [])
    erasure = {"subject": "person:1", "reason": "asked"}
    refused = keeper.post("/audit/erasures", erasure)
    assert refused.status_code == 409 and "case; court order 7" in refused.data["detail"]
    number = placed.data["id"]
    assert officer.get(f"/audit/holds?after={number - 1}").data["items"][0]["items"] == ["person:1"]
    assert officer.post(f"/audit/holds/{number}/release", {"reason": "over"}).data["released_at"]
    assert officer.post(f"/audit/holds/{number}/release", {"reason": "over"}).status_code == 409
    assert keeper.post("/audit/erasures", erasure).data == {"subject": "person:1", "keys": 1}
    assert open_for("person:1", sealed) is None
    assert keeper.post("/audit/erasures", erasure).status_code == 404


def test_each_needs_its_capability():
    reader, nobody = program("audit.read"), program("account.read")
    for path in ("/audit/heads", "/audit/holds"):
        assert nobody.get(path).status_code == 403
    assert reader.post("/audit/holds", HOLD).status_code == 403
    assert reader.post("/audit/erasures", {"subject": "person:1", "reason": "x"}).status_code == 403
    assert reader.post("/audit/holds/1/release", {"reason": "x"}).status_code == 403


def test_an_erased_reason_is_told_as_erased():
    auditor = program("audit.read")
    note(local_operator(), reason="Ben asked")
    assert auditor.get("/events?limit=1").data["items"][0]["reason"] == "Ben asked"
    destroy_key(asked("SELECT subject FROM audit_payload ORDER BY event_id DESC LIMIT 1")[0][0])
    told = auditor.get("/events?limit=1").data["items"][0]
    assert (told["reason"], told["erased"]) == (None, True)
    assert told["actor"].startswith("operator:")
