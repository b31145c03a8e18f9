"""How a line is read: one way or not at all, in the currency's own units, and never with anything of a card."""

from __future__ import annotations

import csv
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.builders.donations import CLOCK, money, refusal_of
from tests.builders.tenants import make_account

from fairpost.events.actions.import_donations import import_donations
from fairpost.events.actions.take_stated import take_stated
from fairpost.events.donations.amounts import read_amount, write_amount
from fairpost.events.donations.cards import holds_card_number, is_card_field
from fairpost.events.donations.currencies import EXPONENTS
from fairpost.events.donations.reading import Reading
from fairpost.kernel.errors import Invalid

CARD = "4111 1111 1111 1111"
AT = "2027-01-05T10:00:00+01:00"


@pytest.mark.parametrize(
    ("text", "currency", "comma", "amount"),
    [
        ("1234.50", "EUR", False, 123450),
        ("1234.5", "EUR", False, 123450),
        ("1234", "EUR", False, 123400),
        ("1234,50", "EUR", True, 123450),
        ("1234", "JPY", False, 1234),
        ("1.234", "KWD", False, 1234),
        ("0.0001", "CLF", False, 1),
    ],
)
def test_amounts_are_read_in_the_currencys_own_units(text, currency, comma, amount):
    assert read_amount(text, currency, comma=comma) == amount


@pytest.mark.parametrize(
    ("text", "currency", "comma"),
    [
        ("1,234.50", "EUR", False),
        ("1.234,50", "EUR", False),
        ("1.234,50", "EUR", True),
        ("1,234", "EUR", False),
        ("1.234", "EUR", False),
        ("1.234", "EUR", True),
        ("12,50", "EUR", False),
        ("12.50", "EUR", True),
        ("12.50", "JPY", False),
        ("-5", "EUR", False),
        ("+5", "EUR", False),
        ("1e3", "EUR", False),
        ("٥", "EUR", False),
        (".5", "EUR", False),
        ("5.", "EUR", False),
        ("", "EUR", False),
        ("€5", "EUR", False),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text, currency, comma):
    said = refusal_of(read_amount, text, currency, comma=comma)
    assert ("1234" in said and currency in said) and "thousands" in said


@settings(deadline=None, max_examples=60)
@drawn(st.integers(0, 10**14), st.sampled_from(sorted(EXPONENTS)))
def test_what_is_written_is_read_again(amount, currency):
    assert read_amount(write_amount(amount, currency), currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        CARD,
        "4111-1111-1111-1111",
        "paid with 5500.0000.0000.0004, thanks",
        "３７８２８２２４６３１０００５",  # digits as wide as letters
        "4111\u00a01111\u200b\u20091111 1111",
        "6011000990139424",
        "30569309025904",
        "3530111333300000",
        "6200000000000005",
        "4_1_1_1_1_1_1_1_1_1_1_1_1_1_1_1",
    ],
)
def test_card_numbers_are_seen_however_they_are_written(text):
    assert holds_card_number(text)


NO_CARDS = ["4111111111111112", "order 12345678", "2027-01-05T10:00:00", "", "1234567890123456789012"]


@pytest.mark.parametrize("text", NO_CARDS)
def test_other_numbers_are_none(text):
    assert not holds_card_number(text)


def test_fields_of_cards_are_known_by_their_names():
    assert all(map(is_card_field, ("card_number", "Card Last4", "CVV", "cvc", "exp_month", "expiry", "IBAN")))
    assert not any(map(is_card_field, ("panel", "expenses", "donor_id", "platform")))


@pytest.fixture
def ada(db):
    return make_account()


def stated(**more):
    return {"platform": "pay", "order_id": "o-1", "at": AT, "amount": "25.00", "currency": "EUR", **more}


def take(account_id, *rows, **options):
    return take_stated(account_id=account_id, rows=rows, source="webhook:1", clock=CLOCK, **options)


def test_a_card_number_is_refused_wherever_it_stands_and_kept_nowhere(ada):
    fields = ("platform", "order_id", "line_item", "receiver", "designated", "reference", "plan", "donor_id",
              "donor_email", "amount", "currency", "at", "recurring", "sequence", "kind", "event_id")  # fmt: skip
    digits = CARD.replace(" ", "")
    rows = [stated(**{"order_id": f"o-{n}", field: digits}) for n, field in enumerate(fields)]
    rows.append(stated(order_id="good", card_number=CARD, cvv="123", CardHolder="Grace"))
    taken = take(ada.account_id, *rows)
    assert [each.row for each in taken.refused] == list(range(len(fields)))
    assert taken.added == 1 and money(ada.account_id, "order_id") == ["good"]
    assert digits not in repr(taken)
    assert all("card" in each.reason for each in taken.refused)
    for told in everything_kept():
        assert digits not in told and CARD not in told and "Grace" not in told


def everything_kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        assert "donation_event" in tables and "audit_event" in tables
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            yield from (text for (text,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"order_id": ""}, "order_id"),
        ({"order_id": "a\nb"}, "order_id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2027-01-05T10:00:00"}, "at"),
        ({"at": "0001-01-01T00:00:00Z"}, "at"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"amount": "0"}, "amount"),
        ({"amount": 25}, "amount"),
        ({"amount": None}, "amount"),
        ({"platform": "P A Y"}, "platform"),
        ({"sequence": 2}, "recurring"),
        ({"recurring": "maybe"}, "recurring"),
        ({"line_item": "*"}, "line_item"),
        ({"event_id": "e-1"}, "event_id"),
        ({"kind": "gift"}, "kind"),
        ({"kind": "refund"}, "event_id"),
        ({"kind": "refund", "event_id": "e", "donor_id": "7"}, "donor_id"),
        ({"kind": "refund", "event_id": "e", "line_item": "*"}, "line_item"),
        ({"kind": "cancellation", "event_id": "e"}, "amount"),
        ({"kind": "correction", "event_id": "e", "amount": None}, "kind"),
        ({"kind": "refund", "event_id": "e", "receiver": "x"}, "receiver"),
    ],
)
def test_a_wrong_line_is_refused_alone_and_says_where(ada, more, field):
    taken = take(ada.account_id, stated(**more), stated(order_id="o-2"))
    assert [(each.row, each.field) for each in taken.refused] == [(0, field)]
    assert (taken.added, money(ada.account_id, "order_id")) == (1, ["o-2"])


def test_currencies_with_other_decimals_stand_side_by_side(ada):
    yen, dinars = stated(amount="900", currency="JPY"), stated(order_id="o-2", amount="1.234", currency="KWD")
    take(ada.account_id, yen, dinars, stated(order_id="o-3"))
    assert money(ada.account_id) == [900, 1234, 2500]


def test_too_many_lines_are_refused_whole(ada):
    with pytest.raises(Invalid):
        take(ada.account_id, *[stated(order_id=str(n)) for n in range(1001)])


FILE = f"""Order Number;Date;Amount;currency;Receiver;Card Number;Colour;donor_email
a-1;05.01.2027;25,00;EUR;The Party;{CARD};red;grace@example.org
a-2;2027-01-05 10:00:00;25,00;EUR;The Party;;red;
a-3;2027-01-05 10:00:00;1.234,50;EUR;The Party;;red;
a-4;2027-01-05 10:00:00;25,00;EUR

a-5;2027-01-05 10:00:00;10,00;EUR;{CARD};;red;
=cmd;2027-01-05 10:00:00;x;EUR;;;red;
a-6;2027-01-05 10:00:00;900;JPY;"The
Party";;red;
a-7;2027-01-05 10:00:00;900;JPY;"The Party";;red;
"""


def test_a_file_with_bad_rows_says_which_and_why(ada, tmp_path):
    path, rejects = tmp_path / "export.csv", tmp_path / "rejects.csv"
    path.write_text(FILE)
    given = {
        "actor": ada.owner, "account_id": ada.account_id, "path": path, "rejects": rejects, "clock": CLOCK,
        "columns": {"Order Number": "order_id", "Date": "at"},
    }  # fmt: skip
    reading = Reading("pay", ZoneInfo("Europe/Rome"), comma=True)
    done = import_donations(**given, reading=reading)
    assert (done.rows, done.added, done.refused) == (8, 2, 6)
    assert done.left_out == ("Card Number", "Colour")
    with rejects.open() as file:
        told = list(csv.reader(file))
    assert [(row[0], row[1], row[2]) for row in told[1:]] == [
        ("2", "a-1", "at"), ("4", "a-3", "amount"), ("5", "", ""), ("7", "a-5", "receiver"), ("8", "'=cmd", "amount"),
        ("9", "a-6", "receiver"),
    ]  # fmt: skip
    assert CARD not in rejects.read_text()
    assert money(ada.account_id) == [2500, 900]
    again = import_donations(**given, reading=reading)
    assert (again.added, again.already, again.refused) == (0, 2, 6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "order_id"),
        ("order_id,order_id,at\n1,2,3\n", "order_id"),
        ("order_id;when\n1;2\n", "--map"),
        ("order_id,at\n1," + '"' + "x" * 200_000 + "\n", "Line 2"),
        ("order_id,at,n\n" + "1,2,3\n" * 50 + "\udcff,2,3\n", "encoding"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(ada, tmp_path, text, said):
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    given = {"actor": ada.owner, "account_id": ada.account_id, "path": path, "rejects": tmp_path / "r.csv"}
    assert said in refusal_of(import_donations, **given, encoding="utf-8" if said == "encoding" else "")
    assert not money(ada.account_id)
