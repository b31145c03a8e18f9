"""The commands as a person types them: through the real entry point, with JSON and exit statuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest
from tests.builders.campaigns import make_author
from tests.builders.sending import until

from fairpost.contacts.actions.change_lists import create_list
from fairpost.contacts.actions.change_members import add_to_list
from fairpost.delivery.queries.progress import progress
from fairpost.runtime import entry
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.keyring import keyring_path


@pytest.fixture
def fairpost(works, monkeypatch, capsys):
    """Runs `fairpost ARGUMENTS` through the program's entry, in this process; gives what `--json` printed."""
    monkeypatch.setenv("DATABASE_URL", works.database_url)
    monkeypatch.setenv("FAIRPOST_KEYRING", str(keyring_path()))

    def run(*arguments, status=0, as_json=True, given="", key=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        monkeypatch.setenv("FAIRPOST_API_KEY", key)
        capsys.readouterr()
        got = entry.run([*arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        assert got == status, f"status {got}: {said.out}{said.err}"
        if status or not as_json:
            return said.out + said.err
        return json.loads(said.out.splitlines()[-1])  # lines before it are a sender's log, in this process too

    return run


@pytest.fixture
def author(works):
    made = make_author("lake")
    people = made.crowd(6)
    list_id = create_list(**made.who, name="Readers")
    add_to_list(**made.who, list_id=list_id, addresses=people[:4])
    return made


def test_a_campaign_from_draft_to_the_last_recipient(works, author, fairpost):
    server = works.server()
    relay = fairpost("relay", "create", "mail", "--host", "127.0.0.1", "--port", str(server.port), "--tls", "none",
                     "--signs", "--rate", "500")  # fmt: skip
    assert (relay["state"], relay["rate_per_second"]) == ("active", 500.0)
    made = fairpost("campaign", "create", "March", "--identity", str(author.identity_id), "--content",
                    str(author.version_id), "--list", "Readers")  # fmt: skip
    assert (made["name"], made["state"]) == ("March", "draft")
    eml = works.folder / "first.eml"
    preview = fairpost("campaign", "preview", "March", "--eml", str(eml))
    assert preview["audience"]["recipients"] == 4 and preview["recipient"] == "person1@lake.example"
    assert preview["subject"] == "News for N1" and eml.read_bytes().startswith(b"From: ")
    works.fold()
    works.sender()
    test = fairpost("campaign", "test", "March", "me@shore.example", "--attributes", '{"first_name": "Me"}')
    until(lambda: server.to("me@shore.example"), "the test is there")
    assert test["addresses"] == 1
    done = fairpost("campaign", "send", "March", "--follow", "--latest", "6h")
    assert (done["state"], done["audience"], done["accepted"], done["pending"]) == ("finished", 4, 4, 0)
    assert fairpost("campaign", "status", "March")["reasons"] == []
    one = fairpost("campaign", "recipients", "March", "--address", "person2@lake.example")
    assert one["state"] == "accepted" and one["attempts"][0]["code"] == 250
    other = fairpost("campaign", "recipients", "March", "--address", "person6@lake.example")
    assert (other["state"], other["reason"]) == ("not_in_audience", "not_selected")
    lines = fairpost("campaign", "recipients", "March", "--state", "accepted", "--limit", "3")
    assert [each["address"] for each in lines] == [f"person{n}@lake.example" for n in (1, 2, 3)]
    assert [each["name"] for each in fairpost("campaign", "list")] == ["March"]


def test_scheduling_and_stopping(works, author, fairpost):
    works.relay(works.server())
    number = str(author.campaign(name="April"))
    planned = fairpost("campaign", "schedule", "April", "--at", "2h", "--latest", "5h")
    assert planned["state"] == "scheduled" and planned["latest"] > planned["at"]
    assert fairpost("campaign", "unschedule", "April")["state"] == "draft"
    assert fairpost("campaign", "change", "April", "--name", "May")["name"] == "May"
    assert fairpost("campaign", "send", number)["state"] == "running"
    paused = fairpost("campaign", "pause", number, "--reason", "a slip")
    assert (paused["state"], paused["pending"], paused["uncertain"]) == ("paused", 6, [])
    assert fairpost("campaign", "resume", number)["state"] == "running"
    cancelled = fairpost("campaign", "cancel", number)
    assert (cancelled["state"], cancelled["withheld"]) == ("cancelled", 6)
    assert progress(author.account_id, int(number)).reasons == (("withheld", "campaign cancelled", 6),)


def test_what_is_refused_is_one_sentence_and_status_1(works, author, fairpost):
    works.relay(works.server())
    author.campaign(name="April")
    assert "There is no campaign 'June'" in fairpost("campaign", "send", "June", status=1)
    assert "has not been started" in fairpost("campaign", "pause", "April", status=1)
    assert "There is no list" in fairpost("campaign", "create", "x", "--identity", str(author.identity_id), "--content",
                                          str(author.version_id), "--list", "Nobody's", status=1)  # fmt: skip


def test_wrong_use_is_status_2(works, author, fairpost):
    author.campaign(name="April")
    fairpost("campaign", "recipients", "April", status=2)
    assert "no zone" in fairpost("campaign", "schedule", "April", "--at", "2027-01-01T09:00", status=2)
    fairpost("campaign", "test", "April", "a@b.example", "--attributes", "{", status=2)


def test_an_api_key_does_what_it_may(works, author, fairpost):
    works.relay(works.server())
    author.campaign(name="April")
    secret = create_api_key(**author.who, name="reader", capabilities=["campaign.read", "account.read"]).key
    assert fairpost("campaign", "status", "April", key=secret)["state"] == "draft"
    assert "campaign.send" in fairpost("campaign", "send", "April", status=1, key=secret)
    assert "not valid" in fairpost("campaign", "status", "April", status=1, key=secret + "x")


def test_relays_and_senders_are_told_about(works, author, fairpost):
    server = works.server()
    server.behave(auth=("ada", "new"))
    secret = "old\n"
    made = fairpost("relay", "create", "mail", "--host", "127.0.0.1", "--port", str(server.port), "--tls", "none",
                    "--signs", "--username", "ada", "--password-file", "-", given=secret)  # fmt: skip
    assert "old" not in json.dumps(made)
    works.fold()
    sender = works.sender()
    number = author.started()
    until(lambda: fairpost("relay", "list")[0]["state"] == "stopped", "the relay is stopped")
    assert "535" in fairpost("relay", "list", as_json=False)
    [listed] = fairpost("sender", "list")
    assert (listed["sender_id"], listed["alive"]) == (sender.id, True)
    assert "alive" in fairpost("sender", "abandon", sender.id, "--reason", "x", status=1)
    fairpost("relay", "resume", str(made["id"]), "--password-file", "-", given="new\n")
    until(lambda: progress(author.account_id, number).state == "finished", "everybody has it")
    assert fairpost("relay", "stop", str(made["id"]), "--reason", "done")["state"] == "stopped"


def test_the_program_itself_says_the_same(works, author):
    """One command as a process of its own: what the shell sees."""
    author.campaign(name="April")
    command = [sys.executable, "-m", "fairpost.runtime", "campaign", "status", "April", "--json"]
    environment = {**os.environ, "DATABASE_URL": works.database_url, "FAIRPOST_KEYRING": str(keyring_path())}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "draft")
    done = subprocess.run([*command[:5], "June"], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("fairpost: There is no campaign 'June'") and done.stderr.count("\n") == 1
