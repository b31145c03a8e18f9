"""Commands and API show what came back to its own account and unit, and to nobody else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from tests.builders.api import program
from tests.builders.campaigns import make_author
from tests.builders.mails import signing_relay
from tests.builders.receivers import dmarc, gzipped, report_mail
from tests.builders.returned import DOMAIN, Tokens, bounce, complaint
from tests.builders.tenants import make_person

from fairpost.campaigns.queries.feedback import account_feedback, campaign_feedback, contact_feedback, one_report
from fairpost.kernel.errors import FairpostError, NotFound
from fairpost.mailin.taking import take_for
from fairpost.runtime import entry
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.keyring import keyring_path

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def returned(author):
    """A real campaign of which one contact bounced and one complained."""
    signing_relay()
    number = author.started()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO batch_outcome SELECT account_id, campaign_id, batch_no, 'accepted', '', size, members"
            " FROM batch_audience WHERE campaign_id = %s",
            [number],
        )
    tokens = Tokens(author.account_id, number)
    take_for(bounce("person1@lake.example"), "", tokens.return_path(1))
    take_for(complaint(original=tokens.original(2)), "", "fbl@localhost")
    return author, number


@pytest.fixture
def fairpost(database_url, monkeypatch, capfdbinary):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("FAIRPOST_KEYRING", str(keyring_path()))
    monkeypatch.setattr(settings, "FAIRPOST", replace(settings.FAIRPOST, database_url=database_url))

    def run(*arguments, status=0):
        capfdbinary.readouterr()
        got = entry.run(list(arguments))
        out, err = capfdbinary.readouterr()
        assert got == status, err
        return out

    return run


def test_the_api_tells_what_came_back(returned):
    author, number = returned
    ours = program(author.tenant)
    rows = ours.get(f"campaigns/{number}/feedback").data["items"]
    assert [(row["kind"], row["class"], row["effect"]) for row in rows] == [
        ("complaint", "complaint", "suppressed"), ("hard_bounce", "unknown_user", "suppressed"),
    ]  # fmt: skip
    [only] = ours.get("contacts/person1@lake.example/feedback").data["items"]
    assert (only["status"], only["provider"], only["campaign_id"]) == ("5.1.1", "lake.example", number)
    first = ours.get("feedback?limit=1").data
    second = ours.get(first["next"]).data
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [row["id"] for row in rows]
    classes = ours.get(f"campaigns/{number}/feedback/classes").data["items"]
    assert {(row["kind"], row["class"], row["recipients"]) for row in classes} == {
        ("complaint", "complaint", 1), ("hard_bounce", "unknown_user", 1),
    }  # fmt: skip
    take_for(report_mail(gzipped(dmarc())), "", "dmarc@localhost")
    assert ours.get("domains/sender.example/dmarc?days=400").data["messages"] == 3
    assert ours.get("domains/sender.example/tls").data["items"] == []


def test_strangers_and_other_units_see_nothing(returned):
    author, number = returned
    mallory = make_author(owner="Mallory")
    theirs = program(mallory.tenant)
    own = f"/accounts/{author.account_id}"
    for path in (
        f"{own}/feedback", f"{own}/campaigns/{number}/feedback", f"{own}/contacts/person1@lake.example/feedback",
        f"{own}/domains/sender.example/dmarc", f"campaigns/{number}/feedback", f"campaigns/{number}/feedback/classes",
        "contacts/person1@lake.example/feedback", "domains/nowhere.example/dmarc", "domains/localhost/tls",
    ):  # fmt: skip
        assert theirs.get(path).status_code in (404, 422), path
    assert theirs.get("feedback").data["items"] == []
    lowly = program(author.tenant, "account.read")
    for path in ("feedback", f"campaigns/{number}/feedback", "contacts/person1@lake.example/feedback"):
        assert lowly.get(path).status_code == 403
    unit_id = create_unit(actor=author.actor, account_id=author.account_id, slug="north", name="North")
    ben = make_person(author.account_id, "Ben", "owner", unit_id=unit_id)
    assert account_feedback(ben, author.account_id) == []
    assert contact_feedback(ben, author.account_id, "person1@lake.example") == []
    known = account_feedback(author.actor, author.account_id)[0].id
    for read in (
        lambda: campaign_feedback(ben, author.account_id, number),
        lambda: one_report(ben, author.account_id, known),
        lambda: one_report(mallory.actor, mallory.account_id, known),
    ):
        with pytest.raises(NotFound):
            read()


def test_the_commands_show_it(returned, fairpost):
    author, number = returned
    rows = json.loads(fairpost("feedback", "list", "--campaign", str(number), "--json"))
    assert [row["kind"] for row in rows] == ["complaint", "hard_bounce"]
    assert b"person1@lake.example" in fairpost("feedback", "list", "--contact", "person1@lake.example")
    assert b"unknown_user" in fairpost("feedback", "list", "--campaign", str(number), "--classes")
    assert b"user unknown" in fairpost("feedback", "show", str(rows[1]["id"]))
    fairpost("feedback", "list", "--classes", status=2)
    taken = json.loads(fairpost("mailin", "taken", "--json"))
    assert {(row["kind"], row["total"]) for row in taken} == {("bounce", 1), ("complaint", 1)}
    take_for(report_mail(gzipped(dmarc())), "", "dmarc@localhost")
    assert b"sender.example: 3 messages in 1 reports" in fairpost("mailin", "dmarc", "sender.example", "--days", "400")
    fairpost("mailin", "dmarc", "other.example", status=1)


def test_mail_is_taken_from_a_pipe(author, fairpost, tmp_path, monkeypatch):
    file = tmp_path / "bounce.eml"
    file.write_bytes(b"Subject: hello\r\n\r\nwho are you\r\n")
    fairpost("mailin", "take", str(file), "--recipient", f"b-x@{DOMAIN}")
    [row] = json.loads(fairpost("feedback", "unmapped", "--json"))
    assert row["octets"] == 31
    assert fairpost("feedback", "unmapped", "--raw", str(row["id"])) == file.read_bytes()
    fairpost("mailin", "take", str(file), "--recipient", "ada@example.org", status=67)
    monkeypatch.setattr("fairpost.mailin.taking.take", away)
    fairpost("mailin", "take", str(file), "--recipient", f"b-x@{DOMAIN}", status=75)


def away(*_given):
    raise OperationalError("server closed the connection")


def test_unmapped_mail_is_for_the_operator(author):
    from fairpost.events.queries.returned_mail import mail_taken, unmapped_mail

    for read in (lambda: unmapped_mail(author.actor), lambda: mail_taken(author.actor, None)):
        with pytest.raises(FairpostError):
            read()
