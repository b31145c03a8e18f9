"""Whatever came back about a person, no table holds their address once they are erased."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.builders.campaigns import make_author
from tests.builders.contacts import contacts_of
from tests.builders.erasing import places_of
from tests.builders.sending import reached, rows
from tests.builders.signup import Signup

from fairpost.campaigns.actions.test_campaign import test_campaign
from fairpost.contacts.actions.erase_contact import erase_contact
from fairpost.contacts.actions.export_dossier import export_dossier
from fairpost.contacts.actions.take_signup import Typed, take_signup
from fairpost.events.actions.take_feedback import take_bounce
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Invalid

EVA = "eva.at.the.lake@lake.example"


def test_nothing_names_the_erased_and_their_neighbour_keeps_everything(works):
    works.relay(works.server())
    author = make_author()
    author.people(EVA, "ben@lake.example")
    number = author.started()
    works.fold()
    works.sender()
    reached(author.account_id, number)
    now = SYSTEM_CLOCK.now()

    def bounced(ordinal: int, address: str, digest: bytes) -> None:
        given = {
            "account_id": author.account_id, "campaign_id": number, "ordinal": ordinal, "address": address,
            "confidence": 1.0, "diagnostic": f"550 5.1.1 <{address}> unknown", "source": "mail", "at": now,
        }  # fmt: skip
        take_bounce(**given, cls="unknown_user", hard=True, status="5.1.1", code="550", digest=digest)

    for ordinal, address in ((1, EVA), (2, "ben@lake.example")):
        bounced(ordinal, address, sha256(address.encode()).digest())
    signup = Signup(author)
    take_signup(signup.form.public_id, Typed(EVA, True, {"first_name": "Eva"}))
    test_campaign(**author.who, campaign_id=author.campaign(), addresses=[EVA])
    copy = export_dossier(**author.who, address=EVA)
    assert {"contact", "mailings", "bounces and complaints", "sign_ups", "suppressions"} <= set(copy)
    assert "ben@" not in str(copy)
    before = places_of(EVA)
    assert {"feedback.address", "suppression.canonical", "signup_request.canonical"} < before
    neighbour = places_of("ben@lake.example")
    erase_contact(**author.who, address=EVA, reason="asked")
    assert places_of(EVA) == set()
    assert places_of("ben@lake.example") == neighbour
    assert "ben@lake.example" in contacts_of(author.account_id)
    assert rows("SELECT count(*) FROM erased") == [(1,)]
    with pytest.raises(Invalid, match="erased"):
        test_campaign(**author.who, campaign_id=author.campaign(), addresses=["ben@lake.example", EVA.upper()])
    bounced(1, EVA, b"comes late")
    assert places_of(EVA) == set(), "a report that comes late brings nothing back"
