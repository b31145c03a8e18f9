"""Command line and API do the same with webhooks and hooks, and the document's receiver works."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from tests.architecture.tree import ROOT
from tests.builders.api import program
from tests.builders.tenants import make_account
from tests.builders.webhooks import withdraw

from fairpost.cli.account_status import status_
from fairpost.cli.hook import command as hook_command
from fairpost.cli.webhook import command as webhook_command
from fairpost.integrations.actions.note_events import note_events
from fairpost.integrations.actions.post_webhooks import post_one
from fairpost.integrations.webhooks.event_types import EVENT_TYPES, TEST
from fairpost.integrations.webhooks.signing import new_secret, signed_headers
from fairpost.kernel.clock import SYSTEM_CLOCK

REFERENCE = (ROOT / "docs/reference/webhooks.md").read_text()


def ran(command, *arguments):
    done = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.mark.django_db(transaction=True)
def test_a_webhook_by_command_from_its_beginning_to_its_end(receiver):
    ada = make_account("ada")
    server = receiver(lambda _asked: (500, {}, b""))
    own = ("--account", "ada")
    added = ran(webhook_command, "add", server.url("/x"), "--event", "contact.*", *own)
    number = str(added["id"])
    assert added["secret"].startswith("whsec_")
    withdraw(ada, 1, SYSTEM_CLOCK.now())
    note_events()
    post_one(ada.account_id, added["id"], SYSTEM_CLOCK)
    [row] = ran(webhook_command, "log", number, *own)
    assert (row["state"], row["status"]) == ("waiting", 500)
    assert ran(webhook_command, "test", number, *own)["error"] == "The server answered 500."
    server.behaviour = lambda _asked: (410, {}, b"")
    ran(webhook_command, "test", number, *own)
    assert ran(status_, *own)["failing_webhooks"][0]["id"] == added["id"]
    said = CliRunner().invoke(status_, [*own]).output
    assert "Webhooks that are failing" in said
    server.behaviour = lambda _asked: (200, {}, b"")
    assert ran(webhook_command, "resume", number, *own)["state"] == "active"
    assert ran(webhook_command, "redeliver", number, row["delivery_id"], *own)["state"] == "waiting"
    assert ran(webhook_command, "redeliver", number, "--given-up", *own) == {"deliveries": 0}
    assert ran(webhook_command, "rotate", number, "--overlap", "0", *own)["secret"] != added["secret"]
    assert ran(webhook_command, "pause", number, *own)["state"] == "paused"
    assert ran(webhook_command, "show", number, *own)["waiting"] == 3
    assert CliRunner().invoke(webhook_command, ["list", *own]).exit_code == 0
    assert CliRunner().invoke(webhook_command, ["log", number, *own]).exit_code == 0
    ran(webhook_command, "remove", number, *own)
    assert ran(webhook_command, "list", *own) == []


@pytest.mark.django_db(transaction=True)
def test_a_webhook_by_api_from_its_beginning_to_its_end(receiver):
    ada, server = make_account(), receiver()
    api = program(ada)
    added = api.post("webhooks", {"url": server.url(), "events": ["*"]})
    assert added.status_code == 201
    place = f"webhooks/{added.data['id']}"
    tried = api.post(f"{place}/test")
    assert tried.data["state"] == "delivered"
    assert [each["delivery_id"] for each in api.get(f"{place}/log").data["items"]] == [tried.data["delivery_id"]]
    assert api.post(f"{place}/redeliver", {"delivery_id": tried.data["delivery_id"]}).data["state"] == "waiting"
    assert api.post(f"{place}/redeliver-given-up").data == {"deliveries": 0}
    assert api.post(f"{place}/rotate", {"overlap_hours": 1}).data["secret"] != added.data["secret"]
    assert api.post(f"{place}/pause").data["state"] == "paused"
    assert api.post(f"{place}/resume").data["state"] == "active"
    assert api.get(place).data["events"] == [each for each in EVENT_TYPES if each != TEST]
    assert api.post("webhooks", {"url": "https://10.0.0.1/", "events": ["*"]}).status_code == 422
    assert api.send("DELETE", place).status_code == 204
    assert api.get("webhooks").data["items"] == []


@pytest.mark.django_db
def test_hooks_by_api_and_command():
    ada = make_account("ada")
    api = program(ada)
    added = api.post("hooks", {"provider": "generic", "name": "relay"})
    assert added.status_code == 201
    assert added.data["url"].endswith(f"/w/generic/{added.data['hook_id']}")
    assert api.post("hooks", {"provider": "fax"}).status_code == 404
    assert api.post("/hooks", {"provider": "generic"}).status_code == 403
    [row] = ran(hook_command, "list", "--account", "ada")
    assert row == {**api.get("hooks").data["items"][0], "created_at": row["created_at"]}
    assert ran(hook_command, "posts", row["hook_id"], "--account", "ada") == []
    assert api.get(f"hooks/{row['hook_id']}/posts").data["items"] == []
    topic = "topic=arn:aws:sns:eu-central-1:123456789012:bounces"
    assert ran(hook_command, "add", "ses", "--set", topic, "--installation")["secret"] == ""
    ran(hook_command, "remove", row["hook_id"], "--account", "ada")
    assert api.get("hooks").data["items"] == []


def test_the_documents_receiver_knows_what_is_genuine():
    [code] = re.findall(r"```python\n(.*?)```", REFERENCE, re.DOTALL)
    assert len(code[code.index("def ") :].strip().splitlines()) <= 10
    known: dict = {}
    exec(code, known)
    secret, other, now = new_secret(), new_secret(), datetime.now(UTC)
    headers = signed_headers([secret, other], "dlv_1", now, b"{}")
    for each in (secret, other):
        assert known["is_genuine"](each, headers, b"{}")
    assert not known["is_genuine"](new_secret(), headers, b"{}")
    assert not known["is_genuine"](secret, headers, b"{ }")
    old = signed_headers([secret], "dlv_1", datetime.fromtimestamp(time.time() - 400, UTC), b"{}")
    assert not known["is_genuine"](secret, old, b"{}")


def test_every_event_type_is_documented_with_its_sentence():
    assert dict(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (.+) \|$", REFERENCE, re.MULTILINE)) == EVENT_TYPES
