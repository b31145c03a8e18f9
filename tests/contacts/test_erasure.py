"""A person gets a copy of everything an account holds on them, and what is erased stays erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.builders.contacts import contacts_of, import_file, make_contacts, make_list
from tests.builders.erasing import places_of
from tests.builders.tenants import make_account, make_person

from fairpost.audit.actions.place_legal_hold import place_legal_hold
from fairpost.audit.actions.release_legal_hold import release_legal_hold
from fairpost.contacts.actions.erase_contact import erase_contact
from fairpost.contacts.actions.export_dossier import export_dossier
from fairpost.contacts.actions.import_contacts import Source, import_contacts
from fairpost.contacts.actions.lift_suppression import lift_suppression
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.contacts.actions.switch_tracking import switch_tracking
from fairpost.contacts.consent import note_consent
from fairpost.contacts.erased import PURPOSE, is_erased
from fairpost.contacts.imports.run import Progress
from fairpost.contacts.queries.consent import consent_of
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.keyring import installation_keyring

EVA = "eva@x.org"
NOW = datetime(2026, 5, 17, tzinfo=UTC)


@pytest.fixture
def ada(db):
    tenant = make_account()
    make_list(tenant, "News", "ben@x.org")
    import_file(
        tenant, "email,town\nEva@x.org,Bern\nben@x.org,Ulm\nbad eva@x.org,Rom\n", list_id=make_list(tenant, "Donors")
    )
    suppress_addresses(**who(tenant), addresses=[EVA], reach="account", reason="unsubscribed", source="campaign:4")
    switch_tracking(**who(tenant), kind="contact", key=EVA, off=True)
    with connection.cursor() as cursor:
        note_consent(cursor, tenant.account_id, EVA, 2, "list:1", "given", "import", None, f"card of {EVA}", NOW)
    return tenant


def who(tenant, actor=None):
    return {"actor": actor or tenant.owner, "account_id": tenant.account_id}


def erase(tenant, **changes):
    return erase_contact(**{**who(tenant), "address": EVA, "reason": "asked by letter", **changes})


def test_the_copy_has_everything_and_is_on_record(ada):
    copy = json.loads(json.dumps(export_dossier(**who(ada), address="EVA@x.org"), default=str))
    assert copy["contact"]["address"] == "Eva@x.org"
    assert copy["contact"]["attributes"] == {"town": "Bern"}
    assert (copy["contact"]["lists"], copy["contact"]["tracking"]) == (["Donors"], False)
    assert [each["reason"] for each in copy["suppressions"]] == ["unsubscribed"]
    assert [(each["what"], each["act"]) for each in copy["consent"]] == [("tracking", "withdrawn"), ("list:1", "given")]
    assert "Ulm" not in str(copy), "another contact's"
    with pytest.raises(NotFound):
        export_dossier(**who(ada), address="nobody@x.org")
    with pytest.raises(Forbidden):
        export_dossier(**who(ada, make_person(ada.account_id, "Ann", "analyst")), address=EVA)


def test_nothing_of_the_address_is_left_but_a_keyed_hash(ada):
    assert places_of(EVA) > {"contact.canonical", "suppression.canonical", "consent.canonical"}
    rejects = next(Path(path) for (path,) in rows("SELECT rejects_path FROM contacts_contactimport ORDER BY id DESC"))
    assert EVA.encode() in rejects.read_bytes()
    erase(ada)
    assert places_of(EVA) == set()
    assert EVA.encode() not in rejects.read_bytes()
    assert list(contacts_of(ada.account_id)) == ["ben@x.org"]
    [(found,)] = rows("SELECT hash FROM erased")
    assert [row[0] for row in rows("SELECT DISTINCT canonical FROM consent")] == [f"erased:{bytes(found).hex()}"]
    assert rows("SELECT act, ordinal FROM consent ORDER BY id DESC LIMIT 1") == [("erased", None)]
    with pytest.raises(NotFound):
        export_dossier(**who(ada), address=EVA)
    with pytest.raises(Conflict):
        erase(ada)


def test_an_erased_address_stays_away_whoever_brings_it_back(ada):
    erase(ada)
    done = import_file(ada, "email,town\n EVA@X.org ,Bern\nnew@x.org,Rom\n", encoding="utf-8")
    assert (done.new, done.rejected, done.reasons) == (1, 1, {"erased": 1})
    assert sorted(contacts_of(ada.account_id)) == ["ben@x.org", "new@x.org"]
    assert b"eva@" not in Path(done.rejects_file).read_bytes().lower()
    added = suppress_addresses(**who(ada), addresses=[EVA, "new@x.org"], reach="account", reason="complaint")
    assert (added.added, added.already) == (1, 1)
    with pytest.raises(Conflict, match="erased"):
        lift_suppression(**who(ada), address=EVA, reach="account", reason="they wrote to us")
    assert places_of(EVA) == set()


def test_the_hash_is_of_this_account_and_of_this_key_ring_and_outlives_a_rotation(ada):
    other = make_account()
    make_contacts(other, EVA)
    erase(ada)
    ring = installation_keyring()
    with connection.cursor() as cursor:
        assert is_erased(cursor, ada.account_id, EVA)
        assert not is_erased(cursor, other.account_id, EVA)
        ring.rotate()
        assert is_erased(cursor, ada.account_id, EVA), "after a rotation"
    assert list(contacts_of(other.account_id)) == [EVA]
    assert import_file(ada, f"email\n{EVA}\n").new == 0
    assert len(ring.derive(PURPOSE)) == 32


def test_an_erasure_while_an_import_runs_holds_for_that_import_too(ada, tmp_path):
    """Staged before, merged after: the contact does not come back by a door that was open."""
    seen = []

    def erase_before_the_merge(progress: Progress) -> None:
        if progress.merging and not seen:
            seen.append(progress)
            erase(ada)

    file = tmp_path / "file.csv"
    file.write_text("email\nEva@x.org\nnew@x.org\n")
    import_contacts(**who(ada), source=Source(file, file.name), consent="form", watch=erase_before_the_merge)
    assert seen
    assert sorted(contacts_of(ada.account_id)) == ["ben@x.org", "new@x.org"]
    assert places_of(EVA) == set()


def test_a_legal_hold_keeps_what_it_names(ada):
    legal = make_person(None, "Lea", "legal_officer")
    ordinal = rows("SELECT ordinal FROM contact WHERE canonical = %s", EVA)[0][0]
    for item in (f"account:{ada.account_id}", f"contact:{ada.account_id}.{ordinal}"):
        hold = place_legal_hold(actor=legal, name="court", items=[item], legal_basis="order 7", reason="order")
        with pytest.raises(Conflict, match="hold"):
            erase(ada)
        assert EVA in contacts_of(ada.account_id)
        release_legal_hold(actor=legal, hold_id=hold.id, reason="over")
    erase(ada)


def test_who_may_not_erase_and_what_is_not_there(ada):
    mallory = make_account(owner="Mallory")
    with pytest.raises(NotFound):
        erase_contact(**who(ada, mallory.owner), address=EVA, reason="x")
    with pytest.raises(NotFound):
        erase_contact(**who(mallory), address=EVA, reason="x")
    assert rows("SELECT 1 FROM erased") == [], "a refusal leaves no hash"
    for actor in (make_person(ada.account_id, "Ann", "analyst"), make_person(ada.account_id, "Aut", "author")):
        with pytest.raises(Forbidden):
            erase(ada, actor=actor)
    with pytest.raises(Invalid, match="names the address"):
        erase(ada, reason=f"asked by {EVA.upper()}")
    with pytest.raises(Invalid):
        erase(ada, reason=" ")
    assert EVA in contacts_of(ada.account_id)


def test_who_takes_back_an_unsubscribe_is_in_the_ledger(ada):
    clock = FixedClock(NOW + timedelta(days=1))
    lift_suppression(**who(ada), address=EVA, reach="account", reason="signed on paper", clock=clock)
    line = consent_of(ada.account_id, EVA)[0]
    assert (line.what, line.act, line.how, line.source) == ("account", "given", "person", "signed on paper")
    suppress_addresses(**who(ada), addresses=["ben@x.org"], reach="account", reason="moved away")
    lift_suppression(**who(ada), address="ben@x.org", reach="account", reason="moved back")
    assert consent_of(ada.account_id, "ben@x.org") == [], "they never said anything"


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
