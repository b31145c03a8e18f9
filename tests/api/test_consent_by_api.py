"""Forms, the ledger, a person's own copy and erasure, tracking and the archive are there for programs too."""

from __future__ import annotations

import pytest
from tests.builders.api import program
from tests.builders.contacts import contacts_of
from tests.builders.mails import path_of, signing_relay, stranger
from tests.builders.sending import rows
from tests.builders.signup import TEXT, Signup, typed
from tests.builders.tenants import make_account

from fairpost.contacts.signup.tokens import signup_token

pytestmark = pytest.mark.django_db(transaction=True)
EVA = "eva@lake.example"


def test_from_the_consent_text_to_the_erasure():
    signup = Signup()
    api, mallory = program(signup.author.tenant), program(make_account(owner="Mallory"))
    text = api.made("consent-texts", {"name": "dates", "language": "de", "text": TEXT})
    assert text["label"] == "dates/1/de"
    wanted = {"title": "Termine", "lists": [signup.list_id], "consent": "dates", "language": "de"}
    form = api.made("forms", {**wanted, "identity_id": signup.author.identity_id})
    assert [each["id"] for each in api.get("forms").data["items"]] == [signup.form.id, form["id"]]
    assert api.get(f"forms/{form['id']}").data == form

    assert stranger().post(path_of(form["url"]), typed(EVA)).status_code == 200
    account, number, at = rows("SELECT account_id, id, requested_at FROM signup_request")[0]
    assert stranger().post(f"/f/confirm/{signup_token(account, number, at)}").status_code == 200
    ledger = api.get(f"contacts/consent?address={EVA}&limit=1").data
    assert ledger["items"][0]["act"] == "confirmed" and ledger["next"]
    assert api.get(ledger["next"]).data["items"][0]["text_version"] == "dates/1/de"
    assert api.made("tracking", {"kind": "contact", "key": EVA, "off": True}, 200)["contacts"] == 1
    copy = api.get(f"contacts/dossier?address={EVA}").data
    assert copy["held"]["contact"]["lists"] == ["Friends"] and copy["held"]["contact"]["tracking"] is False

    for path in (f"contacts/dossier?address={EVA}", f"forms/{form['id']}"):
        assert mallory.get(path).status_code == 404
        assert mallory.get(f"/accounts/{signup.author.account_id}/{path}").status_code == 404
    assert mallory.post("contacts/erase", {"address": EVA, "reason": "mine"}).status_code == 404
    assert program(signup.author.tenant, "contacts.read").get(f"contacts/dossier?address={EVA}").status_code == 403

    erased = api.made("contacts/erase", {"address": EVA, "reason": "asked"}, 200)
    assert erased["erased"]["contact"] == 1 and EVA not in contacts_of(signup.author.account_id)
    assert api.get(f"contacts/consent?address={EVA}").data["items"] == []
    closed = api.made(f"forms/{form['id']}/close", None, 200)
    assert closed["closed_at"]
    assert api.post(f"forms/{form['id']}/close").status_code == 409


def test_lists_are_published_and_campaigns_archived():
    signing_relay()
    signup = Signup()
    api = program(signup.author.tenant)
    assert api.made(f"lists/{signup.list_id}/publish", {"title": "Friends"}, 200)["public_title"] == "Friends"
    number = signup.author.started()
    assert api.get("archive").data["items"] == []
    url = api.made(f"campaigns/{number}/archive", None, 200)["url"]
    [shown] = api.get("archive").data["items"]
    assert (shown["campaign_id"], shown["url"]) == (number, url)
    assert stranger().get(path_of(url)).status_code == 200
    assert api.send("DELETE", f"campaigns/{number}/archive").status_code == 204
    assert stranger().get(path_of(url)).status_code == 404
