"""What is exported, shown and counted is what is there, and a spreadsheet runs none of it."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.contacts import contacts_of, import_file, make_contacts, make_list
from tests.builders.tenants import make_account, make_person

from fairpost.contacts.actions.change_lists import archive_list, create_list, rename_list
from fairpost.contacts.actions.change_members import add_to_list, remove_from_list
from fairpost.contacts.actions.change_segments import archive_segment, change_segment, create_segment
from fairpost.contacts.actions.export_contacts import export_contacts, harmless
from fairpost.contacts.actions.import_suppressions import import_suppressions
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.contacts.queries.contacts import count_contacts, show_contact
from fairpost.contacts.queries.lists import lists_of, mailing_list
from fairpost.contacts.queries.segments import count_segment, count_text, explain_text, saved_segment, segments_of
from fairpost.contacts.queries.suppressed import suppressed_addresses
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound


@pytest.fixture
def ada(db):
    return make_account()


def exported(tenant, **what) -> list[list[str]]:
    out = io.StringIO(newline="")
    count = export_contacts(actor=tenant.owner, account_id=tenant.account_id, out=out, **what)
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert len(rows) == count + 1
    return rows


def test_an_export_imported_again_is_the_same(ada):
    import_file(
        ada,
        'email,name,age,joined,member\nAda@x.org,"A ""b"", c\nd",3.50,2024-01-31,yes\n'
        "ben@x.org,é,,,no\ncyd@x.org,,-1,,\n",
    )
    rows = exported(ada)
    other = make_account()
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    import_file(other, text.getvalue())
    assert contacts_of(other.account_id) == contacts_of(ada.account_id)
    assert contacts_of(ada.account_id)["ada@x.org"]["age"] == 3.5
    assert rows[0] == ["email", "name", "age", "joined", "member"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert harmless(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"
    assert harmless(-5) == -5


def test_formulas_stay_where_asked(ada):
    import_file(ada, "email,name\nada@x.org,=1+1\n+x@x.org,-2+3\n", kinds={"name": "text"})
    assert exported(ada)[1:] == [["'+x@x.org", "'-2+3"], ["ada@x.org", "'=1+1"]]
    assert exported(ada, formulas=True)[1:] == [["+x@x.org", "-2+3"], ["ada@x.org", "=1+1"]]


def test_only_a_list_or_a_segment(ada):
    some = make_list(ada, "Some", "ada@x.org", "ben@x.org")
    make_contacts(ada, "cyd@x.org")
    segment = create_segment(
        actor=ada.owner, account_id=ada.account_id, name="A", condition='email starts with "a" or email starts with "c"'
    )
    assert [row[0] for row in exported(ada, list_id=some)[1:]] == ["ada@x.org", "ben@x.org"]
    assert [row[0] for row in exported(ada, segment_id=segment)[1:]] == ["ada@x.org", "cyd@x.org"]
    assert [row[0] for row in exported(ada, list_id=some, segment_id=segment)[1:]] == ["ada@x.org"]


def test_an_export_is_on_record_and_not_everybodys(ada):
    make_contacts(ada, "ada@x.org")
    exported(ada)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE act = 'contacts.exported'")
        assert cursor.fetchone() == (1,)
    noor = make_person(ada.account_id, "Noor", "analyst")
    with pytest.raises(Forbidden):
        export_contacts(actor=noor, account_id=ada.account_id, out=io.StringIO())


def test_a_list_is_made_renamed_filled_and_archived(ada):
    here = {"actor": ada.owner, "account_id": ada.account_id}
    number = create_list(**here, name="News")
    with pytest.raises(Conflict):
        create_list(**here, name="News")
    with pytest.raises(Invalid):
        create_list(**here, name="a\r\nb")
    make_contacts(ada, "ada@x.org", "ben@x.org")
    joined = add_to_list(**here, list_id=number, addresses=["ADA@x.org", "ben@x.org", "nobody@x.org"])
    assert (joined.changed, joined.unknown) == (2, ["nobody@x.org"])
    assert add_to_list(**here, list_id=number, addresses=["ada@x.org"]).changed == 0
    assert remove_from_list(**here, list_id=number, addresses=["ben@x.org"]).changed == 1
    rename_list(**here, list_id=number, name="Letters")
    assert [(each.name, each.members) for each in lists_of(ada.owner, ada.account_id)] == [("Letters", 1)]
    archive_list(**here, list_id=number)
    assert lists_of(ada.owner, ada.account_id) == []
    with pytest.raises(NotFound):
        mailing_list(ada.owner, ada.account_id, number)
    create_list(**here, name="Letters")


def test_a_units_list_is_seen_by_that_unit_only(ada):
    from fairpost.tenants.actions.create_unit import create_unit

    other = create_unit(actor=ada.owner, account_id=ada.account_id, slug="youth", name="Youth")
    number = create_list(actor=ada.owner, account_id=ada.account_id, name="Main only", unit_id=ada.unit_id)
    ben = make_person(ada.account_id, "Ben", "sender", unit_id=other)
    assert lists_of(ben, ada.account_id) == []
    with pytest.raises(NotFound):
        mailing_list(ben, ada.account_id, number)
    with pytest.raises(NotFound):
        add_to_list(actor=ben, account_id=ada.account_id, list_id=number, addresses=["ada@x.org"])
    with pytest.raises(Invalid):
        create_segment(actor=ben, account_id=ada.account_id, name="x", condition='list("Main only")')


def test_a_segment_is_saved_counted_explained_changed_and_archived(ada):
    here = {"actor": ada.owner, "account_id": ada.account_id}
    import_file(ada, "email,age\nada@x.org,20\nben@x.org,40\ncyd@x.org,60\n")
    number = create_segment(**here, name="Old", condition="age >= 40")
    assert count_segment(ada.owner, ada.account_id, number).contacts == 2
    assert saved_segment(ada.owner, ada.account_id, number).explanation == "age is at least 40"
    change_segment(**here, segment_id=number, condition="age >= 60")
    assert count_segment(ada.owner, ada.account_id, number).contacts == 1
    with pytest.raises(Invalid):
        change_segment(**here, segment_id=number, condition="age >=")
    assert count_text(ada.owner, ada.account_id, "not age = 20").contacts == 2
    assert explain_text(ada.owner, ada.account_id, "Old") == "age is at least 60"
    assert explain_text(ada.owner, ada.account_id, "age = 3") == "age is 3"
    archive_segment(**here, segment_id=number)
    assert segments_of(ada.owner, ada.account_id) == []
    mallory = make_account(owner="Mallory")
    for account_id in (ada.account_id, mallory.account_id):
        with pytest.raises(NotFound):
            change_segment(actor=mallory.owner, account_id=account_id, segment_id=number, condition="age = 1")


def test_everything_known_of_an_address(ada):
    list_id = make_list(ada, "News", "ada@x.org")
    shown = show_contact(ada.owner, ada.account_id, " ADA@x.org")
    assert (shown.lists, shown.suppressions, shown.ordinal) == (["News"], [], 1)
    assert count_contacts(ada.account_id) == 1
    mallory = make_account(owner="Mallory")
    with pytest.raises(NotFound):
        show_contact(mallory.owner, mallory.account_id, "ada@x.org")
    assert list_id


def test_a_file_of_suppressions(ada, tmp_path):
    path = tmp_path / "gone.csv"
    path.write_text("when;who\nlast year;ada@x.org\n;postmaster@x.org\n;wrong\n;ADA@x.org\n")
    result = import_suppressions(
        actor=ada.owner, account_id=ada.account_id, path=path, reach="account", reason="left the old system"
    )
    assert (result.added, result.already, result.rejected) == (2, 1, 1)
    assert result.rejects[0][0] == 4
    assert [each.address for each in suppressed_addresses(ada.account_id)] == ["ada@x.org", "postmaster@x.org"]
    assert [each.address for each in suppressed_addresses(ada.account_id, "ada@x.org")] == ["postmaster@x.org"]


def test_a_page_of_suppressions_may_end_between_two_reaches_of_one_address(ada):
    news = make_list(ada, "News", "ada@x.org")
    for reach in ("account", f"list:{news}"):
        suppress_addresses(
            actor=ada.owner, account_id=ada.account_id, addresses=["ada@x.org"], reason="asked", reach=reach
        )
    first = suppressed_addresses(ada.account_id, limit=1)
    second = suppressed_addresses(ada.account_id, first[0].place, limit=1)
    assert [each.reach for each in first + second] == ["account", f"list:{news}"]
    assert suppressed_addresses(ada.account_id, second[0].place) == []


@given(st.text(max_size=20))
def test_no_exported_text_starts_like_a_formula(text):
    assert not str(harmless(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
