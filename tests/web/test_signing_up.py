"""Whoever signs up confirms by mail first, and nobody can be signed up, found out or flooded by a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from pyroaring import BitMap
from tests.builders.contacts import contacts_of
from tests.builders.mails import stranger
from tests.builders.sending import rows, works  # noqa: F401
from tests.builders.signup import TEXT, Signup, link_in, typed
from tests.builders.tenants import make_account

from fairpost.audit.holds import Held
from fairpost.contacts.actions.change_forms import close_form, create_form
from fairpost.contacts.actions.erase_contact import erase_contact
from fairpost.contacts.actions.publish_consent_text import publish_consent_text
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.contacts.queries.consent import consent_of
from fairpost.contacts.signup import tokens
from fairpost.contacts.signup.requests import forget_requests
from fairpost.contacts.signup.tokens import signup_token
from fairpost.delivery.signup_post import post_confirmations
from fairpost.enforcement.actions.begin_pause import begin_pause
from fairpost.engine.transport.behaviour import Rule
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = Held(frozenset())


def waiting() -> int:
    return rows("SELECT count(*) FROM signup_request")[0][0]


def members(signup) -> int:
    chunks = rows("SELECT members FROM list_chunk WHERE list_id = %s", signup.list_id)
    return sum(len(BitMap.deserialize(bytes(each))) for (each,) in chunks)


def test_the_whole_way_from_form_to_list(works):  # noqa: F811
    server = works.server()
    works.relay(server)
    signup = Signup(mail_text="We write about the lake.", redirect_url="https://lake.example/thanks")
    page = stranger().get(signup.path)
    assert (page.status_code, len(page.cookies)) == (200, 0)
    for each in ("Friends of the lake", TEXT, 'name="first_name"', 'name="website"', "Friends"):
        assert each in page.content.decode()
    answer = stranger().post(signup.path, typed())
    assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert list(contacts_of(signup.author.account_id)) == ["old@lake.example"]
    assert consent_of(signup.author.account_id, "eva@lake.example") == []
    assert (post_confirmations(), post_confirmations()) == (1, 0)
    [arrival] = server.memory.arrivals
    assert (arrival.to, arrival.message["Auto-Submitted"]) == ("Eva@lake.example", "auto-generated")
    assert arrival.message["Reply-To"] == "news@sender.example"
    assert arrival.message["Subject"] == "Please confirm: Friends of the lake"
    mail = arrival.message.get_body(("plain",)).get_content()
    assert TEXT in mail and "We write about the lake." in mail and "30" not in mail.replace("\n", ""), "nothing typed"
    confirm = link_in(arrival)
    for method in ("get", "head"):
        assert getattr(stranger(), method)(confirm).status_code == 200
    assert list(contacts_of(signup.author.account_id)) == ["old@lake.example"], "a scanner confirms nothing"
    done = stranger().post(confirm)
    assert done.status_code == 200
    assert 'href="https://lake.example/thanks"' in done.content.decode()
    assert contacts_of(signup.author.account_id)["eva@lake.example"] == {"first_name": "Eva", "age": 30}
    assert rows("SELECT address FROM contact WHERE canonical = 'eva@lake.example'") == [("Eva@lake.example",)]
    assert members(signup) == 1
    lines = consent_of(signup.author.account_id, "eva@lake.example")
    assert [(e.what, e.act, e.how, e.text_version) for e in lines] == [
        (f"list:{signup.list_id}", "confirmed", "form", "newsletter/1/en"),
        (f"list:{signup.list_id}", "given", "form", "newsletter/1/en"),
    ]
    assert waiting() == 0
    assert stranger().post(confirm).status_code == 404, "a second time there is nothing to confirm"
    assert len(consent_of(signup.author.account_id, "eva@lake.example")) == 2


def confirmed(signup, address="eva@lake.example", **changes) -> int:
    """The status of a confirmation without the way by mail."""
    assert stranger().post(signup.path, typed(address, **changes)).status_code == 200
    account, number, at = rows("SELECT account_id, id, requested_at FROM signup_request ORDER BY id DESC LIMIT 1")[0]
    return stranger().post(f"/f/confirm/{signup_token(account, number, at)}").status_code


def test_the_answer_never_tells_whether_an_address_is_known(db):
    signup = Signup()
    who = signup.author.who
    suppress_addresses(**who, addresses=["left@lake.example"], reach="account", reason="unsubscribed")
    suppress_addresses(
        actor=local_operator(), account_id=signup.author.account_id, addresses=["never@lake.example"],
        reach="installation", reason="asked",
    )  # fmt: skip
    addresses = ("new@lake.example", "old@lake.example", "left@lake.example", "never@lake.example", "new@lake.example")
    answers = {stranger().post(signup.path, typed(each)).content.decode().replace(each, "X") for each in addresses}
    assert len(answers) == 1
    assert waiting() == 4, "who may not be written to by anybody here is not asked"


def test_known_unsubscribed_and_erased_people_come_back_by_their_own_confirmation_only(db):
    signup = Signup()
    account_id = signup.author.account_id
    suppress_addresses(
        **signup.author.who, addresses=["old@lake.example"], reach=f"list:{signup.list_id}", reason="unsubscribed"
    )
    suppress_addresses(**signup.author.who, addresses=["old@lake.example"], reach="account", reason="complaint")
    suppress_addresses(**signup.author.who, addresses=["ben@lake.example"], reach="account", reason="rude to staff")
    assert confirmed(signup, "OLD@lake.example", age="45") == 200
    assert rows("SELECT canonical, reason FROM suppression") == [("ben@lake.example", "rude to staff")]
    assert contacts_of(account_id)["old@lake.example"] == {"first_name": "Eva", "age": 45}
    assert confirmed(signup, "ben@lake.example") == 200
    assert rows("SELECT canonical FROM suppression") == [("ben@lake.example",)], "what others decided stays"
    erase_contact(**signup.author.who, address="old@lake.example", reason="asked")
    assert "old@lake.example" not in contacts_of(account_id)
    assert confirmed(signup, "old@lake.example") == 200
    assert "old@lake.example" in contacts_of(account_id)
    assert rows("SELECT 1 FROM erased") == []
    ordinals = rows("SELECT ordinal FROM contact WHERE account_id = %s ORDER BY 1", account_id)
    assert ordinals == [(2,), (3,)], "an ordinal is given once"


def test_forged_foreign_and_old_tokens_confirm_nothing(db, monkeypatch):
    signup = Signup()
    stranger().post(signup.path, typed())
    account, number, at = rows("SELECT account_id, id, requested_at FROM signup_request")[0]
    good = signup_token(account, number, at)
    middle = len(good) // 2
    forged = [
        good[:-1], good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :], "x", "é", "a" * 300,
        signup_token(account + 1, number, at), signup_token(account, number + 1, at),
        signup_token(account, number, at - tokens.TERM - timedelta(minutes=1)),
    ]  # fmt: skip
    for each in forged:
        for method in ("get", "post"):
            assert getattr(stranger(), method)(f"/f/confirm/{each}").status_code == 404, each
    assert "eva@lake.example" not in contacts_of(account)
    close_form(**signup.author.who, form_id=signup.form.id)
    assert stranger().post(f"/f/confirm/{good}").status_code == 404
    assert stranger().get(signup.path).status_code == 404
    assert forget_requests(SYSTEM_CLOCK.now() - timedelta(days=7), NOBODY) == 0
    assert forget_requests(SYSTEM_CLOCK.now() + timedelta(seconds=1), NOBODY) == 1


def test_what_is_wrong_comes_back_with_what_was_typed_and_keeps_nothing(db):
    signup = Signup()
    for changes, told in (
        ({"address": "no address"}, "not a mail address"),
        ({"address": "postmaster@lake.example"}, "not a mail address"),
        ({"agreed": ""}, "tick the box"),
        ({"age": "old"}, "age: not a number"),
    ):
        answer = stranger().post(signup.path, {**typed(), **changes})
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert 'value="Eva"' in answer.content.decode()
    answer = stranger().post(signup.path, typed(first_name='"><script>alert(1)</script>', agreed=""))
    assert "<script" not in answer.content.decode()
    assert waiting() == 0


def test_a_flood_fills_nobody_s_mailbox_and_no_table(db, monkeypatch):
    signup = Signup()
    monkeypatch.setattr(settings, "FAIRPOST", replace(settings.FAIRPOST, signup_requests_per_hour=6))
    answers = [stranger().post(signup.path, typed("victim@lake.example")).status_code for _each in range(8)]
    assert answers == [200] * 6 + [429] * 2
    assert waiting() == 2, "two mails a day to one address, whoever asks and by whatever form"
    assert stranger().post(signup.path, typed(), REMOTE_ADDR="198.51.100.7").status_code == 200
    trapped = stranger().post(signup.path, typed("bot@lake.example", website="spam"), REMOTE_ADDR="198.51.100.8")
    assert trapped.status_code == 200
    assert waiting() == 3, "what fills every field is a machine"


def test_only_named_sites_may_post_where_some_are_named(db):
    signup = Signup(origins=["https://www.lake.example"])
    for origin, status in (
        ("https://evil.example", 403), ("null", 403), ("", 403),
        ("https://www.lake.example", 200), ("http://localhost:8025", 200),
    ):  # fmt: skip
        answer = stranger().post(signup.path, typed(), headers={"Origin": origin} if origin else {})
        assert answer.status_code == status, origin


def test_a_pause_of_forms_holds_for_sign_up_and_confirmation(db):
    signup = Signup()
    stranger().post(signup.path, typed())
    account, number, at = rows("SELECT account_id, id, requested_at FROM signup_request")[0]
    begin_pause(**signup.author.who, capability="forms")
    assert stranger().post(signup.path, typed("b@lake.example")).status_code == 503
    assert stranger().post(f"/f/confirm/{signup_token(account, number, at)}").status_code == 503
    assert (waiting(), members(signup)) == (1, 0)


def test_a_relay_that_puts_off_is_asked_again_and_a_refusal_ends_it(works):  # noqa: F811
    server = works.server()
    works.relay(server)
    signup = Signup()
    stranger().post(signup.path, typed("soft@lake.example"))
    stranger().post(signup.path, typed("hard@lake.example"))
    server.behave(
        Rule("rcpt", match="soft", reply="451 4.3.0 not now"), Rule("rcpt", match="hard", reply="550 5.1.1 nobody")
    )
    assert post_confirmations() == 0
    assert rows("SELECT state FROM signup_request ORDER BY id") == [("new",), ("failed",)]
    server.behave()
    rows("UPDATE signup_request SET not_before = requested_at")
    assert post_confirmations() == 1
    assert [each.to for each in server.memory.arrivals] == ["soft@lake.example"]


def test_a_form_is_made_of_its_own_account_s_things(db):
    signup, mallory = Signup(), Signup()
    given = {
        "title": "x", "lists": [mallory.list_id], "consent": "newsletter", "identity_id": mallory.author.identity_id,
    }  # fmt: skip
    for key, value in (
        ("lists", [signup.list_id]),
        ("identity_id", signup.author.identity_id),
    ):
        with pytest.raises(NotFound):
            create_form(**mallory.author.who, **{**given, key: value})
    with pytest.raises(NotFound):
        create_form(**mallory.author.who, **{**given, "consent": "other"})
    for wrong in (
        {"lists": []}, {"attributes": ["shoe_size"]}, {"mail_text": "see https://evil.example"}, {"title": "a\nb"},
        {"redirect_url": "javascript:alert(1)"}, {"redirect_url": "http://x.example"}, {"origins": ["x.example/y"]},
        {"language": "xx"},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            create_form(**mallory.author.who, **{**given, **wrong})
    with pytest.raises(NotFound):
        close_form(**mallory.author.who, form_id=signup.form.id)


def test_a_published_text_never_changes(db):
    tenant = make_account()
    wanted = {"actor": tenant.owner, "account_id": tenant.account_id, "name": "news", "language": "de"}
    assert publish_consent_text(**wanted, text="eins").label == "news/1/de"
    assert publish_consent_text(**wanted, text="zwei").label == "news/2/de"
    with pytest.raises(Exception, match="immutable"):
        rows("UPDATE consent_text SET text = 'drei'")
