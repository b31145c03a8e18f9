"""A request with an Idempotency-Key happens once, whatever is repeated, mixed up, run at once or cut short."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connections
from tests.builders.api import Program, program
from tests.builders.campaigns import make_author
from tests.builders.mails import signing_relay
from tests.builders.sending import rows
from tests.builders.tenants import make_account

from fairpost.api.repeat import Kept
from fairpost.kernel.clock import SYSTEM_CLOCK, FixedClock
from fairpost.runtime.retention import delete_what_is_past
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key

KEY = {"Idempotency-Key": "order-1"}


def names(ada: Program) -> list[str]:
    return [each["name"] for each in ada.get("lists").data["items"]]


@pytest.mark.django_db
class TestInOneTransaction:
    @pytest.fixture
    def ada(self) -> Program:
        return program(make_account())

    def test_the_same_request_gets_the_same_answer(self, ada):
        first, second = (ada.post("lists", {"name": "News"}, **KEY) for _n in range(2))
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert "Idempotent-Replayed" not in first
        assert second["Idempotent-Replayed"] == "true"
        assert names(ada) == ["News"]

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "lists", {"name": "Dates"}),
            ("POST", "templates", {"name": "News"}),
            ("PATCH", "", {"name": "News"}),
        ],
    )
    def test_another_request_with_the_same_key_is_refused(self, ada, method, path, body):
        ada.post("lists", {"name": "News"}, **KEY)
        response = ada.send(method, path, body, **KEY)
        assert response.status_code == 422
        assert response.data["type"] == "urn:fairpost:problem:key-reused"
        assert names(ada) == ["News"]

    def test_a_refusal_is_not_kept(self, ada):
        ada.post("lists", {"name": "News"})
        assert ada.post("lists", {"name": "News"}, **KEY).status_code == 409
        list_id = ada.get("lists").data["items"][0]["list_id"]
        ada.send("DELETE", f"lists/{list_id}")
        assert ada.post("lists", {"name": "News"}, **KEY).status_code == 201

    def test_an_answer_without_body_is_kept_too(self, ada):
        made = ada.made("lists", {"name": "News"})
        first, second = (ada.send("DELETE", f"lists/{made['list_id']}", **KEY) for _n in range(2))
        assert (first.status_code, second.status_code) == (204, 204)
        assert ada.send("DELETE", f"lists/{made['list_id']}").status_code == 404

    def test_another_key_of_the_account_is_another_caller(self, ada):
        """Its rights may be less: it must not be shown what it could not have asked for."""
        tenant = make_account()
        first, second = program(tenant), program(tenant, "contacts.read")
        assert first.post("lists", {"name": "News"}, **KEY).status_code == 201
        assert second.post("lists", {"name": "News"}, **KEY).status_code == 403

    def test_a_secret_is_told_once_and_not_kept(self, ada):
        body = {"name": "site", "capabilities": ["contacts.read"]}
        first, second = (ada.post("keys", body, **KEY) for _n in range(2))
        secret = first.data["key"]
        assert authenticate_api_key(secret) is not None
        assert second.data == {"id": first.data["id"], "key": None}
        assert secret not in str(rows("SELECT * FROM api_answer"))

    def test_a_password_cannot_be_guessed_from_what_is_kept(self, ada):
        """Two installations, or an attacker with the database alone, get other fingerprints for the same request."""
        import hashlib

        ada.post("lists", {"name": "News"}, **KEY)
        kept = bytes(rows("SELECT fingerprint FROM api_answer")[0][0])
        plain = f'POST\0{ada.path("lists")}\0\0'.encode() + b'{"name": "News"}'
        assert kept != hashlib.sha256(plain).digest()

    @pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
    def test_a_key_that_is_none_is_refused(self, ada, key):
        response = ada.post("lists", {"name": "News"}, **{"Idempotency-Key": key})
        assert (response.status_code, response.data["field"]) == (400, "Idempotency-Key")
        assert names(ada) == []

    def test_reading_needs_none(self, ada):
        ada.post("lists", {"name": "News"}, **KEY)
        assert ada.get("lists", **KEY).data["items"][0]["name"] == "News"

    def test_it_is_forgotten_after_a_day(self, ada):
        ada.post("lists", {"name": "News"}, **KEY)
        now = SYSTEM_CLOCK.now()
        delete_what_is_past(FixedClock(now + timedelta(hours=23, minutes=59)))
        assert ada.post("lists", {"name": "News"}, **KEY)["Idempotent-Replayed"] == "true"
        delete_what_is_past(FixedClock(now + timedelta(hours=24, minutes=1)))
        assert ada.post("lists", {"name": "News"}, **KEY).status_code == 409


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_the_second_of_two_at_once_is_told_to_wait(self, database_url):
        ada = program(make_account())
        actor = authenticate_api_key(ada.key)
        lock = Kept(actor, KEY["Idempotency-Key"], b"", "", SYSTEM_CLOCK.now()).lock
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(%s)", [lock])
            for path in ("lists", "campaigns/1/send"):
                response = ada.post(path, {"name": "News"} if path == "lists" else {}, **KEY)
                assert response.status_code == 409
                assert response.data["type"] == "urn:fairpost:problem:in-progress"
                assert response["Retry-After"]
        assert names(ada) == []
        assert ada.post("lists", {"name": "News"}, **KEY).status_code == 201

    def test_of_many_at_once_one_makes_it(self):
        ada = program(make_account())
        statuses = []

        def ask() -> None:
            statuses.append(Program(ada.key, ada.account_id).post("lists", {"name": "News"}, **KEY).status_code)
            connections.close_all()

        threads = [threading.Thread(target=ask) for _n in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert set(statuses) <= {201, 409}
        assert 201 in statuses
        assert names(ada) == ["News"]


@pytest.mark.usefixtures("committed")
class TestCutShort:
    """The first attempt was killed after its act was committed and before its answer was kept."""

    @pytest.fixture
    def author(self):
        signing_relay()
        made = make_author()
        made.crowd(3)
        return made

    def kill_after(self, ada: Program, path: str, body: dict) -> None:
        assert ada.post(path, body, **KEY).status_code in (200, 201)
        rows("UPDATE api_answer SET status = NULL, body = ''")

    def test_sending_again_says_what_happened_and_sends_nothing_twice(self, author):
        ada, number = program(author.tenant), author.campaign()
        self.kill_after(ada, f"campaigns/{number}/send", {})
        again = ada.post(f"campaigns/{number}/send", {}, **KEY)
        assert again.status_code == 409
        assert "look at the result" in again.data["hint"]
        assert rows("SELECT count(*) FROM dispatch")[0][0] == 1

    def test_a_test_mail_is_not_sent_again(self, author):
        ada, number = program(author.tenant), author.campaign()
        self.kill_after(ada, f"campaigns/{number}/test", {"addresses": ["me@office.example"]})
        again = ada.post(f"campaigns/{number}/test", {"addresses": ["me@office.example"]}, **KEY)
        assert again.status_code == 409
        assert len(ada.get("campaigns?tests=true").data["items"]) == 2

    def test_cancelling_a_draft_again_is_safe(self, author):
        ada, number = program(author.tenant), author.campaign()
        self.kill_after(ada, f"campaigns/{number}/cancel", {})
        again = ada.post(f"campaigns/{number}/cancel", {}, **KEY)
        assert again.status_code == 409
        assert ada.get(f"campaigns/{number}").data["state"] == "cancelled"

    def test_a_refused_step_leaves_no_trace(self, author):
        ada, number = program(author.tenant), author.campaign()
        assert ada.post(f"campaigns/{number}/pause", {}, **KEY).status_code == 409
        assert rows("SELECT count(*) FROM api_answer")[0][0] == 0

    def test_a_step_that_was_done_is_told_again(self, author):
        ada, number = program(author.tenant), author.campaign()
        ada.post(f"campaigns/{number}/send", {})
        first, second = (ada.post(f"campaigns/{number}/pause", {}, **KEY) for _n in range(2))
        assert first.status_code == 200
        assert (first.data, second.status_code) == (second.data, 200)
        assert second["Idempotent-Replayed"] == "true"
