"""Operators see which edge keeps senders waiting, where links lead, and can say that an edge is lost."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import pytest
from click.testing import CliRunner
from django.conf import settings
from tests.builders.api import operator_program, program
from tests.builders.campaigns import make_author
from tests.builders.edge_program import edge_program
from tests.builders.mails import mail_to, signing_relay
from tests.builders.sending import rows
from tests.builders.tenants import make_account

from fairpost.cli.edges import command
from fairpost.delivery.gate.edges import SILENT
from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Invalid
from fairpost.runtime.doctor import edges as doctor

pytestmark = pytest.mark.django_db(transaction=True)
SILENT_ONE = "0b8f6a9e-4a5d-4d8c-9f1e-2f2f6f0c6c11"


def silence() -> None:
    rows(
        "INSERT INTO edge (edge_id, host, started_at, seen_at)"
        " VALUES (%s, 'attic', now(), now() - %s * interval '2 s')",
        SILENT_ONE,
        SILENT,
    )


def test_a_silent_edge_is_shown_and_declared_lost_by_command(transactional_db):
    silence()
    shown = json.loads(CliRunner().invoke(command, ["list", "--json"]).stdout)
    assert [(each["host"], each["silent"]) for each in shown] == [("attic", True)]
    assert isinstance(CliRunner().invoke(command, ["lost", "7", "--reason", "x"]).exception, Invalid)
    said = CliRunner().invoke(command, ["lost", SILENT_ONE, "--reason", "It burned."])
    assert said.exit_code == 0 and SILENT_ONE in said.stdout
    assert rows("SELECT lost_reason FROM edge") == [("It burned.",)]
    assert rows("SELECT count(*) FROM audit_event WHERE act = 'edge.lost'") == [(1,)]


def test_the_same_by_api_and_for_operators_only(transactional_db):
    silence()
    operations, stranger = operator_program(), program(make_account())
    assert stranger.get("/edges").status_code == 403
    assert stranger.post(f"/edges/{SILENT_ONE}/lost", {"reason": "Mine."}).status_code == 403
    [shown] = operations.get("/edges").json()["items"]
    assert (shown["edge_id"], shown["silent"], shown["lost_at"]) == (SILENT_ONE, True, None)
    assert operations.post("/edges/00000000-0000-0000-0000-000000000000/lost", {"reason": "x"}).status_code == 404
    assert operations.post(f"/edges/{SILENT_ONE}/lost", {}).status_code == 422
    assert operations.post(f"/edges/{SILENT_ONE}/lost", {"reason": "It burned."}).status_code == 204
    assert operations.post(f"/edges/{SILENT_ONE}/lost", {"reason": "Again."}).status_code == 409
    assert not operations.get("/edges").json()["items"][0]["silent"]


def test_the_doctor_says_what_is_wrong_with_the_edge(works, database_url):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = Configuration(edge_bind=f"127.0.0.1:{probe.getsockname()[1]}")
    assert doctor.check(nobody).level == "warning"
    with edge_program(works.folder, database_url) as edge:
        edge.folding()
        here = Configuration(edge_bind=f"127.0.0.1:{edge.port}")
        found = doctor.check(here)
        assert found.level == "ok" and here.links_url in found.says
        silence()
        found = doctor.check(here)
        assert found.level == "error" and f"attic ({SILENT_ONE})" in found.says


@pytest.mark.parametrize(
    ("given", "leads_to"),
    [
        ({}, "http://localhost:8026"),
        ({"edge_bind": "0.0.0.0:9000"}, "http://localhost:9000"),
        ({"platform_url": "https://mail.example"}, "https://mail.example"),
        ({"platform_url": "https://mail.example", "edge_url": "https://e.example/"}, "https://e.example"),
    ],
)
def test_links_lead_to_the_edge_wherever_it_is(given, leads_to):
    assert Configuration(**given).links_url == leads_to


def test_mails_name_the_edge_and_carry_the_unseen_link_only_where_it_is_wanted(monkeypatch):
    signing_relay()
    author = make_author()
    author.crowd(1)
    campaign = author.started()
    here = replace(settings.FAIRPOST, edge_url="https://e.example", platform_url="https://mail.example")
    monkeypatch.setattr(settings, "FAIRPOST", here)
    mail = mail_to(author, campaign, 1)
    assert mail.honeypot and f"https://e.example{mail.pixel}" in mail.html
    assert f"https://e.example{mail.unsubscribe}" in mail.html
    monkeypatch.setattr(settings, "FAIRPOST", replace(here, tracking_honeypot="off"))
    assert not mail_to(author, campaign, 1).honeypot


