"""The doctor says what is wrong and how to mend it, and exits 1 only where something is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fairpost.kernel.configuration import Configuration
from fairpost.runtime.doctor import (
    CHECKS,
    clock,
    data_folder,
    database,
    dns,
    examine,
    key_ring,
    open_files,
    platform_address,
    relays,
    tables,
    web,
)


def test_every_check_has_a_file_and_says_something(tmp_path):
    configuration = Configuration(data_dir=str(tmp_path), database_url="postgresql://u@127.0.0.1:1/x")
    for name, check in CHECKS.items():
        if name not in ("tables", "relays", "relay queues", "edge"):
            finding = check(configuration)
            assert finding.check == name
            assert finding.says
            assert finding.level == "ok" or finding.mend


def test_a_folder_that_is_somebody_elses_is_an_error():
    finding = data_folder.check(Configuration(data_dir="/proc/fairpost"))
    assert finding.level == "error"
    assert "FAIRPOST_DATA_DIR" in finding.mend


def test_little_room_is_a_warning_and_none_an_error(tmp_path, monkeypatch):
    configuration = Configuration(data_dir=str(tmp_path / "not yet made"))
    assert data_folder.check(configuration).level in ("ok", "warning", "error")
    monkeypatch.setattr(data_folder, "LITTLE", 2**80)
    assert data_folder.check(configuration).level == "warning"
    monkeypatch.setattr(data_folder, "TOO_LITTLE", 2**80)
    assert data_folder.check(configuration).level == "error"


def test_a_key_ring_that_others_can_read_is_an_error(tmp_path):
    from fairpost.engine.signing.keyring import KeyRing

    configuration = Configuration(data_dir=str(tmp_path))
    assert key_ring.check(configuration).level == "warning"
    path = tmp_path / "keyring.json"
    KeyRing.open(path, create=True)
    assert key_ring.check(configuration).level == "ok"
    path.chmod(0o644)
    finding = key_ring.check(configuration)
    assert finding.level == "error"
    assert finding.mend == f"chmod 600 {path}"


def test_a_database_that_does_not_answer_is_an_error_with_the_right_way_out(tmp_path):
    named = database.check(Configuration(database_url="postgresql://u@127.0.0.1:1/x"))
    assert named.level == "error"
    assert "DATABASE_URL" in named.mend
    embedded = database.check(Configuration(data_dir=str(tmp_path)))
    assert embedded.level == "error"
    assert "fairpost db start" in embedded.mend


def test_a_database_that_is_up_to_date_is_ok(database_url, db):
    configuration = Configuration(database_url=database_url)
    assert database.check(configuration).level == "ok"
    assert tables.check(configuration).level == "ok"
    assert clock.check(configuration).level == "ok"
    assert relays.check(configuration).level == "warning"


@pytest.mark.parametrize(("minutes", "level"), [(0, "ok"), (0.05, "warning"), (10, "error"), (-10, "error")])
def test_a_machine_whose_clock_is_off_is_told(database_url, monkeypatch, minutes, level):
    class Off(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(minutes=minutes)

    monkeypatch.setattr(clock, "datetime", Off)
    assert clock.check(Configuration(database_url=database_url)).level == level


@pytest.mark.parametrize(
    ("url", "host", "level"),
    [
        ("https://mail.example.org", "mail.example.org", "ok"),
        ("http://mail.example.org", "mail.example.org", "error"),
        ("https://mail.example.org/", "mail.example.org", "error"),
        ("mail.example.org", "mail.example.org", "error"),
        ("http://localhost:8025", "localhost", "warning"),
        ("https://mail.example.org", "localhost", "warning"),
    ],
)
def test_the_public_address_must_be_usable_in_links(url, host, level):
    assert platform_address.check(Configuration(platform_url=url, platform_host=host)).level == level


def test_dns_that_does_not_answer_is_a_warning(monkeypatch):
    monkeypatch.setattr(dns, "PATIENCE", 0.2)
    assert dns.check(Configuration(nameservers="127.0.0.1:1")).level == "warning"


def test_no_web_process_is_a_warning():
    assert web.check(Configuration(web_bind="127.0.0.1:1")).level == "warning"


def test_too_few_open_files_is_an_error():
    assert open_files.check(Configuration()).level == "ok"
    assert open_files.check(Configuration(sender_connections=10**7)).level == "error"


def test_a_check_that_cannot_be_made_is_an_error_and_the_others_go_on(tmp_path, db):
    (tmp_path / "keyring.json").write_text("not a key ring")
    (tmp_path / "keyring.json").chmod(0o600)
    configuration = Configuration(data_dir=str(tmp_path), database_url="postgresql://u@127.0.0.1:1/x")
    found = {finding.check: finding for finding in examine(replace(configuration, nameservers="127.0.0.1:1"))}
    assert found["key ring"].level == "error"
    assert set(found) == set(CHECKS)


def test_the_command_exits_1_on_errors_and_prints_json(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", "doctor", "--json"],
        env=os.environ | {"DATABASE_URL": "postgresql://u@127.0.0.1:1/x", "FAIRPOST_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    found = {each["check"]: each for each in json.loads(done.stdout)}
    assert found["database"]["level"] == "error"
    assert found["tables"]["level"] == "error"
    assert found["python"]["level"] == "ok"
