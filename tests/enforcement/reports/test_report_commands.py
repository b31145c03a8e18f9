"""What a mail server learns from the exit status, and what people type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from email.message import EmailMessage

import pytest
from click.testing import CliRunner
from tests.builders.register import legal_officer, make_decision
from tests.builders.tenants import make_account, make_person

from fairpost.cli.order import command as order
from fairpost.cli.register import command as register
from fairpost.cli.report import command as report
from fairpost.cli.transparency import command as transparency
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import FairpostError
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actors import local_operator


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "rita@reporter.example", "Fwd: storm"
    message.set_content("This is violence.")
    return message.as_bytes()


def run(command, *arguments: str, actor: Actor | None = None, stdin: bytes | None = None):
    """(exit status, JSON or text); with an actor by their personal key."""
    environment = {}
    if actor is not None:
        made = create_api_key(actor=local_operator(), account_id=None, name="own", person_id=actor.person_id)
        environment["FAIRPOST_API_KEY"] = made.key
    done = CliRunner().invoke(command, arguments, input=stdin, env=environment)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, json.loads(done.stdout) if "--json" in arguments else done.output


@pytest.mark.django_db
def test_a_mail_that_is_piped_in_is_a_report():
    status, told = run(report, "take", "--json", stdin=mail())
    assert (status, told["new"]) == (0, True)
    mara = make_person(None, "Mara", "reviewer")
    _status, rows = run(report, "list", "--json", actor=mara)
    assert [each["id"] for each in rows] == [told["id"]]
    _status, text = run(report, "show", told["id"], actor=mara)
    assert "This is violence." in text
    status, _text = run(report, "decide", told["id"], "--reasons", "No rule is broken.", actor=mara)
    assert status == 0


@pytest.mark.django_db
def test_a_mail_that_cannot_be_used_says_so_for_good():
    status, _text = run(report, "take", stdin=b"")
    assert status == 65
    status, _text = run(report, "take", stdin=b"x" * 6_000_000)
    assert status == 65


@pytest.mark.django_db
def test_too_many_mails_of_one_address_come_again_later():
    for number in range(10):
        assert run(report, "take", stdin=mail().replace(b"violence", f"violence {number}".encode()))[0] == 0
    assert run(report, "take", stdin=mail())[0] == 75


def test_a_database_that_is_away_means_try_again():
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", "report", "take"],
        input=mail(), env=environment, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 75, done.stderr
    assert b"database" in done.stderr


@pytest.mark.django_db
def test_the_register_by_command():
    decision = make_decision(make_account(), now=SYSTEM_CLOCK.now())
    olga, officer = make_person(None, "Olga", "operator"), legal_officer()
    _status, text = run(register, "show", f"D-{decision}", actor=olga)
    assert "sending is suspended" in text and "Expressly not covered" in text
    _status, listed = run(register, "list", "--public", "--json")
    assert listed["entries"] == [] or all(each["visibility"] != "parties" for each in listed["entries"])
    status, _text = run(register, "seal", f"D-{decision}", "--until", "5d", "--legal-basis", "Court file 7", actor=olga)
    assert status == 0
    assert "Court file 7" in run(register, "show", f"D-{decision}", "--public")[1]
    assert run(register, "unseal", f"D-{decision}", "--reason", "the court agrees", actor=olga)[0] == 0
    with pytest.raises(FairpostError):
        run(register, "kept-out", actor=olga)
    assert run(register, "kept-out", "--json", actor=officer)[1] == []
    assert "0" in run(register, "guarantees")[1]


@pytest.mark.django_db
def test_an_order_by_command(tmp_path):
    officer = legal_officer()
    file = tmp_path / "order.txt"
    file.write_text("Stop this.\nAt once.")
    decision = make_decision(make_account(), now=SYSTEM_CLOCK.now())
    given = ["--authority", "Court", "--legal-basis", "Article 9", "--scope", "all", "--deadline", "2d"]
    given += ["--served-by", "Bailiff", "--served-at", "2026-11-01T09:00+01:00", "--forbids-disclosure"]
    _status, made = run(order, "add", str(file), *given, "--json", actor=officer)
    number = made["order"]
    assert run(register, "keep-out", f"D-{decision}", "--order", number, actor=officer)[0] == 0
    assert "Stop this." in run(order, "show", number, actor=officer)[1]
    assert run(order, "answer", number, "--what", "done", "--decision", f"D-{decision}", actor=officer)[0] == 0
    assert run(register, "end", f"D-{decision}", "--reason", "over", actor=officer)[0] == 0
    assert run(order, "close", number, "--what", "over", actor=officer)[0] == 0


@pytest.mark.django_db
def test_figures_by_command(tmp_path):
    make_decision(make_account())
    out = tmp_path / "report.csv"
    period = ["--from", "2027-01-01T00:00Z", "--to", "2028-01-01T00:00Z"]
    assert run(transparency, *period, "--format", "csv", "--out", str(out))[0] == 0
    assert "by_kind,suspend_sending,1" in out.read_text()
    assert json.loads(run(transparency, *period)[1])["decided"]["measures"] == 1
    with pytest.raises(FairpostError):
        run(transparency, "--from", "2027-01-01T00:00Z")
    with pytest.raises(FairpostError):
        run(transparency, "--year", "2999")
