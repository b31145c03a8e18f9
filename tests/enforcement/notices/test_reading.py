"""A notice is read in its account, by its link and by command; nobody else's is, and what was read is on record."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from django.test import Client
from tests.builders.api import HOST, operator_program, program
from tests.builders.enforcement import decided, measure
from tests.builders.sending import Works
from tests.builders.tenants import make_account, make_person

from fairpost.cli.notice import command
from fairpost.delivery.platform_mail import post_notices
from fairpost.enforcement.actions.invite_outside_contact import invite_outside_contact
from fairpost.enforcement.models import Notice, NoticeEvent
from fairpost.enforcement.notices.keep import opened
from fairpost.enforcement.notices.tokens import notice_token, read_notice_token
from fairpost.enforcement.notices.write import write_letter
from fairpost.enforcement.queries.notices import notices
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, Restricted
from fairpost.tenants.actions.create_identity import create_identity
from fairpost.tenants.actors import local_operator
from fairpost.tenants.queries import outside_contacts


@pytest.fixture
def ada(staff):
    return make_account("party")


@pytest.fixture
def mine(ada):
    """A program of Ada's, with a key from before anything was decided."""
    return program(ada)


@pytest.fixture
def decision(staff, ada):
    return suspended(staff, ada)


def suspended(staff, tenant, **more):
    scope = {"account": [tenant.account_id]}
    return decided(staff, measure("suspend_account", scope), **more).decision


def page(path, method="get"):
    return getattr(Client(headers={"Host": HOST}), method)(path)


def whats():
    return [each.what for each in NoticeEvent.objects.order_by("pk")]


def link_in(text):
    return re.search(r"https?://[^/]+(/\S+/[A-Za-z0-9_-]{40,})", text)[1]


# by its link


def test_the_link_in_a_notice_shows_it_word_for_word_and_a_button_acknowledges(decision):
    row = Notice.objects.get()
    path = link_in(opened(row).text)
    shown = page(path)
    assert shown.status_code == 200
    assert f'<pre lang="en">Decision {decision.label}' in shown.content.decode()
    assert whats() == ["queued"], "looking is no proof of reading: scanners follow links"
    assert page(path, "head").status_code == 200 and whats() == ["queued"]
    assert "Acknowledged on" in page(path, "post").content.decode()
    assert whats() == ["queued", "acknowledged"]
    page(path, "post")
    assert whats() == ["queued", "acknowledged"]


@pytest.mark.parametrize("change", ["a", "short", "upper", "campaign"])
def test_a_link_that_was_not_made_here_leads_nowhere(decision, change):
    token = notice_token(Notice.objects.get().pk)
    forged = {
        "a": token[:-1] + ("a" if token[-1] != "a" else "b"),
        "short": token[:40],
        "upper": "A" * 48,
        "campaign": campaign_token(),
    }[change]
    assert page(f"/n/{forged}").status_code == 404
    assert page(f"/n/{forged}", "post").status_code == 404
    assert whats() == ["queued"]


def campaign_token():
    from fairpost.engine.signing.tokens import TokenIssuer
    from fairpost.tenants.keyring import installation_keyring

    return TokenIssuer(installation_keyring()).for_campaign(1, 1).unsubscribe(1).decode()


def test_a_link_survives_a_rotation_of_the_key_ring(decision, tmp_path):
    from fairpost.engine.signing.keyring import KeyRing
    from fairpost.tenants.keyring import installation_keyring, keyring_path

    number = Notice.objects.get().pk
    before = notice_token(number)
    saved = keyring_path().read_bytes()
    try:
        KeyRing.open(keyring_path()).rotate()
        assert notice_token(number) != before
        assert read_notice_token(before) == number
    finally:
        keyring_path().write_bytes(saved)
        assert installation_keyring().current_id == KeyRing.open(keyring_path()).current_id


def test_a_withheld_notice_is_not_shown_by_its_link(staff, ada):
    suspended(staff, ada, notice_withheld="order O-4")
    assert page(f"/n/{notice_token(Notice.objects.get().pk)}").status_code == 404


def test_the_decisions_page_is_the_same_whether_there_is_one_or_not(decision):
    there, nowhere = page(f"/decision/{decision.label}"), page("/decision/D-99999")
    assert there.status_code == nowhere.status_code == 200
    alike = there.content.decode().replace(decision.label, "D-99999")
    assert alike.replace(f"decision_id={decision.id}<", "decision_id=99999<") == nowhere.content.decode()
    assert f"/register/{decision.label}" in there.content.decode()
    assert "party" not in there.content.decode().lower()
    for wrong in ("D-017", "d-17", "M-3", "17", "D-1;"):
        assert page(f"/decision/{wrong}").status_code == 404


# errors


def test_a_refusal_carries_the_decision_and_an_address_that_answers(mine, ada, decision):
    with pytest.raises(Restricted) as refused:
        create_identity(actor=ada.owner, account_id=ada.account_id, from_address="a@b.example", from_name="A")
    assert (refused.value.decision, refused.value.url) == (decision.label, decision.url)
    told = mine.post("lists", {"name": "All"})
    assert told.status_code == 403
    assert (told.data["decision"], told.data["url"]) == (decision.label, decision.url)
    assert told.data["reasons"]
    assert page("/" + decision.url.split("/", 3)[3]).status_code == 200


# in the account


def test_the_account_reads_and_acknowledges_its_notices_by_program_under_every_measure(mine, decision):
    (row,) = mine.get("notices").data["items"]
    assert (row["decision"], row["state"], row["number"]) == (decision.label, "queued", f"N-{row['id']}")
    whole = mine.get(f"notices/{row['id']}").data
    assert decision.label in whole["text"] and "address" not in whole
    assert mine.post(f"notices/{row['id']}/acknowledgement").status_code == 204
    assert whats() == ["queued", "viewed", "acknowledged"]
    mine.get(f"notices/{row['id']}")
    assert whats() == ["queued", "viewed", "acknowledged"]
    assert mine.get(f"notices/{row['id']}/message").status_code == 409


def test_another_account_finds_nothing(decision, ada):
    row = Notice.objects.get()
    other = program(make_account(owner="Mallory"))
    assert other.get("notices").data["items"] == []
    for path in (f"notices/{row.pk}", f"notices/{row.pk}/message", f"/accounts/{ada.account_id}/notices/{row.pk}"):
        assert other.get(path).status_code == 404
    assert other.post(f"notices/{row.pk}/acknowledgement").status_code == 404
    assert other.get(f"/accounts/{ada.account_id}/notices").status_code == 404
    assert other.get("/notices").status_code == 403
    assert whats() == ["queued"]


def test_an_author_is_shown_no_notices(ada):
    ben = make_person(ada.account_id, "Ben", "author")
    with pytest.raises(Forbidden):
        notices(ben, ada.account_id)


def test_pages_of_notices_go_by_keyset(staff, mine, ada):
    for _ in range(3):
        suspended(staff, ada)
    first = mine.get("notices?limit=2").data
    second = mine.get(first["next"]).data
    ids = [each["id"] for each in [*first["items"], *second["items"]]]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == 3 and second["next"] is None


def test_operators_see_every_notice_and_take_the_message_as_evidence(decision, ada, works: Works):
    works.relay(works.server())
    post_notices()
    every = operator_program()
    (row,) = every.get(f"/notices?decision_id={decision.id}&state=handed_over").data["items"]
    assert row["seconds"] < 60
    response = every.client.get(
        f"/api/v1/notices/{row['id']}/message", headers={"Authorization": f"Bearer {every.key}", "Host": HOST}
    )
    assert response["Content-Type"] == "message/rfc822"
    assert decision.label.encode() in response.content
    assert "viewed" not in whats(), "an operator who looks is not the recipient"
    assert every.post(f"/notices/{row['id']}/resending").status_code == 204


# by command


def run(*arguments):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_list_show_and_export(decision, ada, works: Works, tmp_path):
    server = works.server()
    works.relay(server)
    post_notices()
    (listed,) = json.loads(run("list", "--decision", decision.label, "--json"))
    assert listed["state"] == "handed_over"
    assert listed["number"] in run("list", "--account", "party")
    assert run("list", "--failed").strip() == "none"
    shown = run("show", listed["number"])
    assert "How to appeal" in shown and "handed_over" in shown
    assert run("show", listed["number"], "--html").startswith("<!DOCTYPE html>")
    run("show", listed["number"], "--message", str(tmp_path / "n.eml"))
    assert (tmp_path / "n.eml").read_bytes() == server.arrivals[0].content
    run("acknowledge", listed["number"], "--account", "party")
    run("resend", listed["number"], "--reason", "asked for it")
    assert whats()[-2:] == ["acknowledged", "resent"]


# contacts outside


def test_a_contact_outside_confirms_by_the_link_it_was_mailed(ada, works: Works):
    server = works.server()
    works.relay(server)
    mine = program(ada)
    added = mine.made("outside-contacts", {"email": "r@law.example", "language": "es"})
    assert added["verified_at"] is None
    assert post_notices() == 1
    (arrival,) = server.to("r@law.example")
    assert arrival.message["Subject"] == "Confirmen esta dirección para notificaciones, por favor"
    text = arrival.message.get_body(("plain",)).get_content()
    assert "Party" in text or "party" in text
    path = link_in(text)
    assert page(path).status_code == 200
    assert outside_contacts(ada.account_id) == [], "looking confirms nothing"
    assert "confirmed" in page(path, "post").content.decode()
    assert [each.email for each in outside_contacts(ada.account_id)] == ["r@law.example"]
    assert page("/contact/" + "x" * 60).status_code == 404
    (row,) = mine.get("outside-contacts").data["items"]
    assert mine.send("DELETE", f"outside-contacts/{row['id']}").status_code == 204
    assert page(path, "post").status_code == 404


def test_the_account_that_names_a_contact_cannot_read_the_question_and_answer_it(ada):
    invite_outside_contact(actor=ada.owner, account_id=ada.account_id, email="r@law.example")
    assert Notice.objects.get().why == "verify_contact"
    assert notices(ada.owner, ada.account_id) == []
    assert program(ada).get(f"notices/{Notice.objects.get().pk}").status_code == 404


def test_a_contact_who_confirmed_is_not_asked_again(ada):
    from fairpost.tenants.actions.verify_outside_contact import verify_outside_contact

    invite_outside_contact(actor=ada.owner, account_id=ada.account_id, email="r@law.example")
    verify_outside_contact(link_in(opened(Notice.objects.get()).text).rsplit("/", 1)[1])
    with pytest.raises(Conflict):
        invite_outside_contact(actor=ada.owner, account_id=ada.account_id, email="r@law.example")
    assert Notice.objects.count() == 1


# letters


@pytest.mark.parametrize("language", ["en", "fr", "it", "es", "de"])
def test_a_reporter_is_written_to_in_five_languages(staff, language):
    now = SYSTEM_CLOCK.now()
    more = {"address": "zoe@example.org", "subject": "reporter:7", "language": language, "reference": "report:7"}
    write_letter("report_received", **more, now=now, report="R-7", at=now, url="https://platform.example/report/x")
    write_letter(
        "report_decided", **more, now=now, report="R-7", at=now, outcome="nothing", until=now,
        url="https://platform.example/report/x", reasons="It is satire.\nSo we think.",
    )  # fmt: skip
    received, answered = Notice.objects.order_by("pk")
    assert "R-7" in opened(received).subject and "R-7" in opened(answered).subject
    assert "> It is satire.\n> So we think." in opened(answered).text
    assert 'href="https://platform.example/report/x"' in opened(received).html
    assert received.account_id is None


def test_a_letter_in_an_unknown_language_is_refused(staff):
    with pytest.raises(Conflict):
        write_letter(
            "report_received", address="z@example.org", subject="reporter:7", language="pt", reference="report:7",
            now=SYSTEM_CLOCK.now(), report="R-7", at=SYSTEM_CLOCK.now(), url="",
        )  # fmt: skip


def test_a_token_of_another_kind_is_none_of_a_notice(db):
    with pytest.raises(Invalid):
        read_notice_token("x" * 48)


def test_the_operator_has_the_address_of_each_notice(decision, ada):
    from fairpost.enforcement.queries.notices import notice

    row = Notice.objects.get()
    assert notice(local_operator(), None, row.pk).address.endswith("@example.org")
    assert notice(ada.owner, ada.account_id, row.pk).address is None
