"""An outside auditor checks the export by a program of their own, which knows only what the README says."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders.audit import ADA, MACHINE, as_owner, note, rewrite_chain, sealed_notes, sequence_of

from fairpost.audit.actions.export_record import export_record
from fairpost.audit.actions.publish_head import publish_head
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.export import lines
from fairpost.audit.queries import audit_events, current_head
from fairpost.audit.vault import destroy_key
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, SystemClock
from fairpost.kernel.errors import Conflict, Forbidden, NotFound
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[2000, 3])
def pages(monkeypatch, request):
    monkeypatch.setattr(lines, "SEALS", lines.SEALS.replace("LIMIT 2000", f"LIMIT {request.param}"))


def check(folder: Path) -> tuple[list[str], list[dict]]:
    """The faults that an auditor finds, and the events. Written after the README alone."""
    faults, events, by_sequence, before = [], [], {}, None
    for text in (folder / "record.jsonl").read_text().splitlines():
        line = json.loads(text)
        if before and line["sequence"] != before["sequence"] + 1:
            faults.append(f"gap before {line['sequence']}")
        if "previous" in line:
            if before is None and line["sequence"] == 1:
                before = {"hash": "0" * 64, "sequence": 0}
            if before and line["previous"] != before["hash"]:
                faults.append(f"link {line['sequence']}")
            faults += check_event(line)
            if line["event"]:
                events.append(line)
        by_sequence[line["sequence"]] = line["hash"]
        before = line
    for text in (folder / "heads.jsonl").read_text().splitlines():
        head = json.loads(text)
        if by_sequence.get(head["sequence"]) != head["hash"]:
            faults.append(f"head {head['sequence']}")
    return faults, events


def check_event(line: dict) -> list[str]:
    event = line["event"]
    if event is None:
        return [f"removed {line['sequence']}"]
    order = "id at actor_via actor_name actor_person_id actor_api_key_id act account_id subject commitment facts"
    members = ["fairpost audit chain 1", str(line["sequence"]), line["previous"], line["sealed_at"]]
    members += [event[name] for name in order.split()]
    written = "[" + ",".join("null" if each is None else quoted(each) for each in members) + "]"
    faults = []
    if hashlib.sha256(written.encode("utf-8")).hexdigest() != line["hash"]:
        faults.append(f"content {line['sequence']}")
    if line.get("payload") is not None:
        octets = b"fairpost audit payload 1\n" + line["payload"].encode()
        if hashlib.sha256(octets).hexdigest() != event["commitment"]:
            faults.append(f"payload {line['sequence']}")
    return faults


def quoted(text: str) -> str:
    """A string as RFC 8785, section 3.2.2.2, writes it."""
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return '"' + "".join(short.get(c, f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in text) + '"'


def export(tmp_path: Path, name: str = "out", **asked: object) -> Path:
    export_record(actor=local_operator(), out=tmp_path / name, **asked)
    return tmp_path / name


def test_the_outside_program_agrees_on_the_whole_chain(tmp_path):
    sealed_notes(3)
    note(MACHINE, odd='ü"\\\t\x1f\x7f\u2028😀', n=1.50)
    publish_head(SystemClock(timedelta(days=1)))
    faults, events = check(export(tmp_path))
    assert faults == []
    assert len(events) == current_head().sequence
    assert events[-1]["event"]["act"] == "record.exported", "the export is in itself"
    assert (tmp_path / "out" / "record.jsonl").stat().st_mode & 0o077 == 0


def test_it_holds_no_reason_unless_asked_and_then_shows_that_it_is_the_one(tmp_path):
    sealed_notes(2)
    assert "because" not in (export(tmp_path, "without") / "record.jsonl").read_text()
    told = export(tmp_path, "with", reasons=True)
    faults, events = check(told)
    assert faults == []
    reasons = [json.loads(each["payload"]).get("reason") for each in events if each.get("payload")]
    assert "because 1" in reasons
    destroy_key("person:7")
    faults, events = check(export(tmp_path, "erased", reasons=True))
    assert faults == []
    assert "because 1" not in [json.loads(each["payload"]).get("reason") for each in events if each.get("payload")]


def test_of_one_account_it_shows_nothing_of_others_and_still_links(tmp_path):
    seal_events()
    mine = [note(ADA, account_id=900_001, n=n) for n in range(3)]
    note(ADA, account_id=900_002, secret="plans")
    mine.append(note(ADA, account_id=900_001, n=4))
    seal_events()
    note(ADA, account_id=900_002)
    seal_events()
    publish_head(SystemClock(timedelta(days=1)))
    head = current_head()
    asked = Actor(name="Ada", via="api", account_id=900_001, capabilities=frozenset({"audit.read"}))
    done = export_record(actor=asked, out=tmp_path / "out", account_id=900_001)
    faults, events = check(tmp_path / "out")
    assert faults == []
    assert [int(each["event"]["id"]) for each in events[:-1]] == mine
    assert {each["event"]["account_id"] for each in events} == {"900001"}
    assert "plans" not in (tmp_path / "out" / "record.jsonl").read_text()
    assert (done.first, done.events) == (sequence_of(mine[0]), 5)
    heads = [json.loads(each) for each in (tmp_path / "out" / "heads.jsonl").read_text().splitlines()]
    assert [each["hash"] for each in heads] == [head.hash]


def test_a_time_cuts_out_a_stretch_up_to_the_next_head(tmp_path):
    events = sealed_notes(4)
    rows = {each.id: each.at for each in audit_events(1, limit=10)}
    publish_head(SystemClock(timedelta(days=1)))
    asked = {"since": rows[events[1]], "until": rows[events[3]]}
    faults, told = check(export(tmp_path, **asked))
    assert faults == []
    assert [int(each["event"]["id"]) for each in told] == events[1:3]
    assert len((tmp_path / "out" / "record.jsonl").read_text().splitlines()) == 3
    assert len((tmp_path / "out" / "heads.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("deed", "fault"),
    [
        ("UPDATE audit_event SET act = 'thing.undone' WHERE id = %s", "content"),
        ("UPDATE audit_event SET facts = '{}' WHERE id = %s", "content"),
        ("DELETE FROM audit_event WHERE id = %s", "removed"),
        ("UPDATE audit_seal SET sealed_at = sealed_at + interval '1 s' WHERE event_id = %s", "content"),
        ("DELETE FROM audit_seal WHERE event_id = %s", "gap before"),
    ],
)
def test_the_outside_program_finds_tampering(tmp_path, deed, fault):
    events = sealed_notes(3)
    sequence = sequence_of(events[1])
    with as_owner("audit_event", "audit_seal") as cursor:
        cursor.execute(deed, [events[1]])
    faults, _events = check(export(tmp_path))
    place = sequence + 1 if fault == "gap before" else sequence
    assert f"{fault} {place}" in faults


def test_the_outside_program_finds_a_chain_written_anew(tmp_path):
    events = sealed_notes(3)
    publish_head(SystemClock(timedelta(days=1)))
    with as_owner("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET act = 'thing.undone' WHERE id = %s", [events[0]])
    rewrite_chain(sequence_of(events[0]))
    faults, _events = check(export(tmp_path))
    assert faults == [f"head {sequence_of(events[-1])}"]


def test_a_file_edited_after_the_export_is_found(tmp_path):
    sealed_notes(3)
    folder = export(tmp_path)
    path = folder / "record.jsonl"
    text = path.read_text()
    path.write_text(text.replace("thing.done", "thing.undone", 1))
    assert check(folder)[0] != []
    kept = text.splitlines(keepends=True)
    path.write_text("".join(kept[:-3] + kept[-2:]))
    assert any(fault.startswith("gap") for fault in check(folder)[0])


def test_one_zip_file_holds_the_same(tmp_path):
    sealed_notes(2)
    path = export(tmp_path, "out.zip")
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["README.md", "heads.jsonl", "manifest.json", "record.jsonl"]
        archive.extractall(tmp_path / "unpacked")
    assert check(tmp_path / "unpacked")[0] == []
    manifest = json.loads((tmp_path / "unpacked" / "manifest.json").read_text())
    assert manifest["last"] == current_head().sequence
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_what_exists_is_not_written_over_and_nothing_is_no_export(tmp_path):
    sealed_notes(1)
    export(tmp_path)
    with pytest.raises(Conflict):
        export(tmp_path)
    with pytest.raises(NotFound):
        export(tmp_path, "none", since=SYSTEM_CLOCK.now() + timedelta(days=1))
    assert not (tmp_path / "none").exists()


def test_who_may_not_read_the_record_exports_nothing(tmp_path):
    ada = Actor(name="Ada", via="api", account_id=1, capabilities=frozenset({"audit.read"}))
    for actor, account_id, error in (
        (ada, None, Forbidden),
        (ada, 2, NotFound),
        (Actor(name="x", via="api"), None, Forbidden),
        (Actor(name="x", via="api", account_id=1, unit_id=3, capabilities=ada.capabilities), 1, Forbidden),
    ):
        with pytest.raises(error):
            export_record(actor=actor, out=tmp_path / "out", account_id=account_id)
    assert not (tmp_path / "out").exists()
