"""`fairpost audit` says by its exit status and in words whether the record is whole, and where it is not."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.builders.audit import ADA, as_owner, note, sealed_notes, sequence_of
from tests.builders.tenants import make_account, make_person

from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.queries import current_head
from fairpost.audit.vault import open_for, seal_for
from fairpost.kernel.errors import Conflict, FairpostError, Forbidden, Invalid, NotFound
from fairpost.runtime.commands.audit import command
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db


def run(*arguments: str, status: int = 0, **options):
    result = CliRunner().invoke(command, list(arguments), **options)
    if isinstance(result.exception, FairpostError):
        raise result.exception
    assert result.exit_code == status, result.output
    return result.stdout


def call(*arguments: str, **options):
    return json.loads(run(*arguments, "--json", **options))


def test_a_whole_record_is_verified_with_the_heads_one_kept(tmp_path):
    note(ADA)
    assert call("seal")["sequence"] == current_head().sequence
    kept = tmp_path / "heads"
    kept.write_text(run("heads", "--limit", "1000", "--json"))
    lines = "".join(json.dumps(each) + "\n" for each in json.loads(kept.read_text()))
    one = {"sequence": current_head().sequence, "hash": current_head().hash, "at": "2027-01-01T00:00:00Z"}
    for given in (
        lines,
        json.dumps({"items": json.loads(kept.read_text()), "next": None}),
        json.dumps(one),
        json.dumps({"heads": [one]}),
    ):
        assert call("verify", "--heads", "-", input=given)["findings"] == []
    verdict = call("verify", "--heads", str(kept))
    assert (verdict["count"], verdict["hash"]) == (0, current_head().hash)
    assert "The record is whole." in run("verify")


@pytest.mark.parametrize(
    "text",
    ["{", "[1]", '{"sequence": 1}', '[{"sequence": 0, "hash": "%s", "at": "2027-01-01"}]' % ("0" * 64), '{"items": 3}'],
)
def test_a_file_that_holds_no_heads_is_refused(text):
    with pytest.raises(Invalid):
        run("verify", "--heads", "-", input=text)


def test_a_broken_record_is_told_with_its_place():
    events = sealed_notes(3)
    with as_owner("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET act = 'a.b' WHERE id = %s", [events[1]])
    said = run("verify", status=1)
    assert f"Event {events[1]} is not what was sealed as {sequence_of(events[1])}" in said
    assert said.endswith("The record is broken.\n")
    found = call("verify", status=1)["findings"]
    assert [(each["kind"], each["event_id"]) for each in found] == [("event_changed", events[1])]


def test_a_tail_cut_off_is_told_by_what_was_published():
    sealed_notes(1)
    last = current_head().sequence
    given = {"sequence": last + 3, "hash": "0" * 64, "at": "2027-01-01T00:00:00Z"}
    said = run("verify", "--heads", "-", input=json.dumps(given), status=1)
    assert f"Sequence {last + 3} was published, but the table ends at {last}" in said


def test_many_faults_are_counted_and_the_first_hundred_shown():
    events = sealed_notes(150)
    with as_owner("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET act = 'a.b' WHERE id = ANY(%s)", [events])
    assert "And 50 more." in run("verify", status=1)


def test_events_are_read_of_all_or_of_one_account():
    tenant = make_account("one-of-two")
    make_account("two-of-two")
    acts = {each["subject"] for each in call("events")}
    assert {f"account:{tenant.account_id}", "organisation:1"} & acts
    mine = call("events", "--account", "one-of-two")
    assert {each["account_id"] for each in mine} == {tenant.account_id}


def test_holds_and_erasures_by_command():
    sealed = seal_for("person:1", b"mine")
    why = ("--legal-basis", "court order 7", "--reason", "pending")
    number = call("hold", "place", "case", "--item", "person:1", "--item", "campaign:4", *why)["id"]
    with pytest.raises(Conflict, match="case; court order 7"):
        run("erase", "person:1", "--reason", "asked")
    listed = next(each for each in call("hold", "list") if each["id"] == number)
    assert (listed["items"], listed["released_at"]) == (["campaign:4", "person:1"], None)
    assert "'" not in run("hold", "list")
    assert call("hold", "release", str(number), "--reason", "over")["released_at"]
    assert call("erase", "person:1", "--reason", "asked") == {"subject": "person:1", "keys": 1}
    assert open_for("person:1", sealed) is None


def test_retention_is_listed_and_set():
    days = lambda: {each["name"]: each["days"] for each in call("retention")}  # noqa: E731
    assert days()["journal_segment"] == 30
    assert call("retention", "set", "journal_segment", "9", "--reason", "less")["days"] == 9
    assert days()["journal_segment"] == 9
    with pytest.raises(NotFound):
        run("retention", "set", "nothing", "9")


def test_an_export_by_command(tmp_path):
    sealed_notes(2)
    done = call("export", "--out", str(tmp_path / "out"), "--from", "2020-01-01T00:00Z", "--to", "1d")
    assert done["events"] >= 3 and (tmp_path / "out" / "README.md").exists()


def test_an_owner_reads_their_own_account_and_no_more(monkeypatch, tmp_path):
    tenant = make_account()
    key = create_api_key(
        actor=local_operator(), account_id=tenant.account_id, name="k", capabilities=["audit.read", "account.read"]
    )
    monkeypatch.setenv("FAIRPOST_API_KEY", key.key)
    assert {each["account_id"] for each in call("events")} == {tenant.account_id}
    assert call("export", "--out", str(tmp_path / "out"))["events"] > 0
    assert '"account_id": null' not in (tmp_path / "out" / "record.jsonl").read_text()
    for arguments in (("verify",), ("heads",), ("seal",), ("retention",), ("hold", "list")):
        with pytest.raises(Forbidden):
            run(*arguments)


def test_an_auditor_verifies_and_changes_nothing(monkeypatch):
    make_person(None, "Ora", "auditor")
    key = create_api_key(actor=local_operator(), account_id=None, name="k", capabilities=["audit.read"])
    monkeypatch.setenv("FAIRPOST_API_KEY", key.key)
    seal_events()
    run("verify")
    for arguments in (("seal",), ("erase", "person:1", "--reason", "x"), ("retention", "set", "api_answer", "2")):
        with pytest.raises(Forbidden):
            run(*arguments)
