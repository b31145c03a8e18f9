"""What relays said of a person, and tests that went to them, forget the address with everything else."""

from __future__ import annotations

import zlib

from tests.builders.campaigns import make_author
from tests.builders.erasing import places_of
from tests.builders.sending import reached, rows

from fairpost.campaigns.actions.test_campaign import test_campaign
from fairpost.campaigns.queries.recipients import outcome_for_address
from fairpost.contacts.actions.erase_contact import erase_contact
from fairpost.contacts.actions.export_dossier import export_dossier
from fairpost.engine.journal.record import whole_records
from fairpost.engine.transport.behaviour import Rule

EVA = "eva.with.a.long.name@lake.example"
REFUSAL = f"550 5.1.1 {'x' * 60} <{EVA}> {'y' * 90} {EVA}: no such user"


def test_an_erased_contact_is_in_no_table_any_more(works):
    server = works.server()
    server.behave(Rule("rcpt", match="eva", reply=REFUSAL))
    works.relay(server)
    author = make_author()
    author.people(EVA, "ben@lake.example")
    number = author.started()
    tested = test_campaign(**author.who, campaign_id=author.campaign(), addresses=[EVA, "ben@lake.example"])
    works.fold()
    works.sender()
    for each in (number, tested.id):
        reached(author.account_id, each)
    copy = export_dossier(**author.who, address=EVA)
    assert [(each["campaign"], each["state"]) for each in copy["mailings"]] == [(number, "failed")]
    assert places_of(EVA) == {"contact.canonical", "journal_segment.records", "test_recipient.address",
                              "test_recipient.canonical"}  # fmt: skip
    erase_contact(**author.who, address=EVA, reason="asked")
    assert places_of(EVA) == set()
    attempt = outcome_for_address(author.actor, author.account_id, number, "ben@lake.example")
    assert attempt.state == "accepted", "what is beside it is whole"
    assert "lake.example" not in str(rows("SELECT canonical FROM contact WHERE ordinal = 1"))
    for (records,) in rows("SELECT records FROM journal_segment"):
        whole = zlib.decompress(bytes(records))
        assert whole_records(whole) == len(whole), "every sum is right"
