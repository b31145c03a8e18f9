"""`fairpost dsa` says of every file what is wrong and where, and writes each statement into a file once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from tests.builders.decided import in_force
from tests.builders.statements import statement
from tests.builders.tenants import make_account
from tests.enforcement.dsa.second_rules import accepted, bulk_accepted

from fairpost.cli.dsa import command
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.kernel.errors import FairpostError, Invalid

FUNDRAISING = {"mechanism": {"capability": "fundraising"}}


def call(*arguments, status=0):
    result = CliRunner().invoke(command, [str(each) for each in arguments])
    if isinstance(result.exception, FairpostError):
        raise result.exception
    assert result.exit_code == status, (result.output, result.exception)
    return result.stdout


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_valid_files_of_every_form_pass(tmp_path):
    one = json.dumps(statement())
    files = [
        written(tmp_path, "one.json", one),
        written(tmp_path, "bulk.json", f'{{"statements": [{one}]}}'),
        written(tmp_path, "lines.jsonl", f"{one}\n{json.dumps(statement(puid='x'))}\n"),
    ]
    assert call("validate", *files) == "Everything in it is valid.\n"
    assert json.loads(call("validate", "--json", *files)) == []


def test_every_finding_has_its_file_place_and_field(tmp_path):
    bad = statement(puid="fairpost-2", content_language="GR", source_type=...)
    bulk = written(tmp_path, "bulk.json", json.dumps([statement(), bad]))
    one = written(tmp_path, "one.json", json.dumps(statement(category_addition=None)))
    assert call("validate", bulk, one, status=1).splitlines() == [
        f"{bulk}[1].content_language: content_language does not allow 'GR'; Greek is EL.",
        f"{bulk}[1].source_type: source_type is required.",
        f"{one}.category_addition: category_addition is given without a value; leave it out.",
    ]
    found = json.loads(call("validate", "--json", bulk, status=1))
    assert [(each["file"], each["index"], each["field"], each["rule"]) for each in found] == [
        (str(bulk), 1, "content_language", "value"),
        (str(bulk), 1, "source_type", "required"),
    ]


def test_101_statements_in_one_file_are_refused(tmp_path):
    many = [statement(puid=f"p-{number}") for number in range(101)]
    path = written(tmp_path, "bulk.json", json.dumps(many))
    assert call("validate", path, status=1) == f"{path}: A bulk holds 1 to 100 statements, not 101.\n"


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b'{"puid": "a", "puid": "b"}'])
def test_a_file_that_cannot_be_read_is_wrong_use(tmp_path, content):
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=r"odd\.json"):
        call("validate", path)


def test_no_file_at_all_is_wrong_use():
    call("validate", status=2)


@pytest.mark.django_db
def test_statements_are_listed_exported_into_files_and_exported_no_more(tmp_path):
    earlier = FixedClock(SYSTEM_CLOCK.now() - timedelta(days=3))
    tenant = make_account("committee", clock=earlier)
    decision = in_force(tenant, "capability_off", clock=earlier, **FUNDRAISING)
    [due] = json.loads(call("list", "--json"))["statements"]
    assert due["exported_at"] is None
    out = tmp_path / "statements"
    done = json.loads(call("export", "--decision", decision.label, "--out", out, "--json"))
    [file] = done["files"]
    assert file == str(out / f"{due['puid']}.json")
    body = json.loads((out / f"{due['puid']}.json").read_text())
    assert body == due["statement"]
    assert accepted(body)
    assert call("validate", file) == "Everything in it is valid.\n"
    assert json.loads(call("export", "--out", out, "--json"))["files"] == []
    again = json.loads(call("export", "--out", out, "--again", "--bulk", "--json"))
    assert again["files"] == [str(out / f"bulk-{due['puid']}.json")]
    assert bulk_accepted(json.loads((out / f"bulk-{due['puid']}.json").read_text())["statements"])
    assert json.loads(call("list", "--json"))["statements"][0]["exported_at"]


@pytest.mark.django_db
def test_what_is_not_exported_is_said_with_its_reason(tmp_path):
    tenant = make_account("committee")
    in_force(tenant, "capability_off", clock=FixedClock(SYSTEM_CLOCK.now() - timedelta(hours=1)), **FUNDRAISING)
    said = call("export", "--out", tmp_path)
    assert "not exported:" in said
    assert "It is young and may still change" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_period_in_days_is_understood(tmp_path):
    earlier = FixedClock(SYSTEM_CLOCK.now() - timedelta(days=3))
    in_force(make_account("committee", clock=earlier), "capability_off", clock=earlier, **FUNDRAISING)
    day = earlier.now().date()
    inside = json.loads(call("list", "--from", day, "--to", day + timedelta(days=1), "--json"))
    outside = json.loads(call("list", "--from", day + timedelta(days=1), "--json"))
    assert (len(inside["statements"]), len(outside["statements"])) == (1, 0)
