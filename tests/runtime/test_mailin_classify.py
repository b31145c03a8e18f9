"""Stored messages are classified and measured by command, without a database, and unreadable ones are said."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

BOUNCE = """From: MAILER-DAEMON@mx.example.org
Subject: failure notice

<ada@example.org>:
192.0.2.25 does not like recipient.
Remote host said: 550 5.1.1 no such user
"""
REPLY = "From: ada@example.org\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday.\n"
ROWS = (
    "kind,file,enhanced_status,reply_code,reason,class,hard\n"
    "bounces,qmail-01.eml,5.1.1,550,,unknown_user,true\n"
    "bounces,qmail-02.eml,,,,not_a_failure,false\n"
)


def mailin(*arguments):
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", "mailin", *map(str, arguments)],
        env=inherited | {"FAIRPOST_DATA_DIR": "/nonexistent/fairpost"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def bounces(tmp_path):
    folder = tmp_path / "bounces"
    folder.mkdir()
    (folder / "qmail-01.eml").write_text(BOUNCE)
    (folder / "qmail-02.eml").write_text(REPLY)
    (folder / "expected.csv").write_text(ROWS)
    return folder


def test_each_failed_recipient_is_one_record(bounces):
    done = mailin("classify", bounces, "--json")
    assert done.returncode == 0, done.stderr
    bounced, answered = json.loads(done.stdout)
    assert bounced == {
        "file": str(bounces / "qmail-01.eml"),
        "recipient": "ada@example.org",
        "enhanced_status": "5.1.1",
        "reply_code": "550",
        "class": "unknown_user",
        "hard": True,
        "confidence": bounced["confidence"],
        "kind": "bounce",
    }
    assert 0.5 < bounced["confidence"] <= 1
    assert (answered["kind"], answered["class"], answered["hard"]) == ("other", "not_a_failure", False)


def test_what_can_be_read_is_printed_and_the_rest_is_said(bounces):
    done = mailin("classify", bounces / "qmail-01.eml", bounces / "gone.eml", "--json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)) == 1
    assert done.stderr.splitlines() == [
        f"fairpost: The message {bounces / 'gone.eml'} cannot be read: No such file or directory."
    ]


def test_messages_are_held_against_what_is_known_of_them_per_origin(bounces):
    done = mailin("evaluate", bounces, "--expected", bounces / "expected.csv", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    [origin] = told["origins"]
    assert (origin["origin"], origin["rows"], origin["found"], origin["class_accuracy"]) == ("qmail", 2, 2, 1.0)
    assert told["kinds"]["bounces"]["hard_precision"] == told["kinds"]["bounces"]["hard_recall"] == 1.0
    assert told["unreadable"] == []


def test_rows_of_messages_that_are_not_there_are_an_error(bounces):
    (bounces / "qmail-02.eml").unlink()
    done = mailin("evaluate", bounces, "--expected", bounces / "expected.csv", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["total"]["rows"] == 1
    assert "qmail-02.eml cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("file,class\n", "lacks the columns kind, hard"),
        (ROWS.replace("unknown_user", "unlucky"), "there is no class unlucky"),
    ],
)
def test_a_file_of_other_rows_is_refused(bounces, rows, said):
    (bounces / "expected.csv").write_text(rows)
    done = mailin("evaluate", bounces, "--expected", bounces / "expected.csv")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
