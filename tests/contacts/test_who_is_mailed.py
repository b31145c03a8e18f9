"""Who is mailed: frozen audiences and each attempt's recipients, with every reach of suppression."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pyroaring import BitMap
from tests.builders.contacts import import_file, make_contacts, make_list, ordinals_of, raw_connection
from tests.builders.tenants import make_account, make_joint_sender

from fairpost.audit.queries import audit_events
from fairpost.contacts.actions.change_lists import archive_list
from fairpost.contacts.actions.change_members import add_to_list, remove_from_list
from fairpost.contacts.actions.change_segments import create_segment
from fairpost.contacts.actions.lift_suppression import lift_suppression
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.contacts.queries.audience import freeze_audience
from fairpost.contacts.queries.recipients import fetch_recipients
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.segments.audience import Audience
from fairpost.tenants.actors import local_operator

NOW = datetime(2026, 5, 17, tzinfo=UTC)
PEOPLE = ("ada@x.org", "ben@x.org", "cyd@x.org", "dan@y.org")


@pytest.fixture
def ada(db):
    tenant = make_account()
    make_contacts(tenant, *PEOPLE)
    return tenant


def frozen(tenant, audience: Audience, **mailing):
    return freeze_audience(raw_connection(), tenant.account_id, audience, now=NOW, **mailing)


def names(tenant, members: BitMap) -> set[str]:
    found = ordinals_of(tenant.account_id, PEOPLE)
    return {address.partition("@")[0] for address, ordinal in found.items() if ordinal in members}


def fetched(tenant, *, list_ids=(), unit_id=None, sending_domain="", joint_sender_id=None):
    """(names of the mailable, name and reason of the others) of all four."""
    found = {ordinal: address.partition("@")[0] for address, ordinal in ordinals_of(tenant.account_id, PEOPLE).items()}
    mailable, withheld = fetch_recipients(
        raw_connection(), tenant.account_id, BitMap(found), unit_id=unit_id, sending_domain=sending_domain,
        joint_sender_id=joint_sender_id, list_ids=list_ids,
    )  # fmt: skip
    return {found[each.ordinal] for each in mailable}, {(found[ordinal], reason) for ordinal, reason in withheld}


def suppress(tenant, name: str, reach: str, *, actor=None) -> None:
    suppress_addresses(
        actor=actor or tenant.owner, account_id=tenant.account_id, addresses=[f"{name.upper()}@X.org"], reach=reach,
        reason=f"because of {reach.partition(':')[0]}",
    )  # fmt: skip


def test_lists_segments_and_exclusions(ada):
    import_file(ada, "email,age\nada@x.org,20\nben@x.org,40\ncyd@x.org,60\n")
    some = make_list(ada, "Some", "ada@x.org", "dan@y.org")
    old = create_segment(actor=ada.owner, account_id=ada.account_id, name="Old", condition="age >= 40")
    not_listed = create_segment(
        actor=ada.owner, account_id=ada.account_id, name="Rest",
        condition='not list("Some") and not email ends with "y.org"',
    )  # fmt: skip
    assert names(ada, frozen(ada, Audience(lists=(some,), segments=(old,))).members) == {"ada", "dan", "ben", "cyd"}
    result = frozen(ada, Audience(everyone=True, exclude_lists=(some,), exclude_segments=(old,)))
    assert (len(result.members), result.selected, result.excluded, result.suppressed) == (0, 4, 4, 0)
    assert names(ada, frozen(ada, Audience(segments=(not_listed,))).members) == {"ben", "cyd"}
    with pytest.raises(Invalid):
        frozen(ada, Audience())


@pytest.mark.parametrize("name", ["account", "list", "unit", "domain", "joint_sender", "installation"])
def test_each_reach_stops_its_own_mailings_and_no_others(ada, name):
    """Frozen or fetched, the answer is the same, and the reason is told."""
    list_id = make_list(ada, "News", "ben@x.org", "cyd@x.org")
    joint, _participants = make_joint_sender(ada, "One", "Two")
    reach = {
        "list": f"list:{list_id}",
        "unit": f"unit:{ada.unit_id}",
        "domain": "domain:Bücher.example",
        "joint_sender": f"joint_sender:{joint}",
    }.get(name, name)
    mailing = {
        "list": {"list_ids": (list_id,)},
        "unit": {"unit_id": ada.unit_id},
        "domain": {"sending_domain": "xn--bcher-kva.example"},
        "joint_sender": {"joint_sender_id": joint},
    }.get(name, {})
    suppress(ada, "ben", reach, actor=local_operator() if name == "installation" else None)
    mailable, withheld = fetched(ada, **mailing)
    assert withheld == {("ben", f"because of {name}")}
    assert mailable == {"ada", "cyd", "dan"}
    audience = Audience(everyone=True, lists=mailing.pop("list_ids", ()))
    assert names(ada, frozen(ada, audience, **mailing).members) == {"ada", "cyd", "dan"}
    if name not in ("account", "installation"):
        others = {"unit_id": ada.unit_id + 1000, "sending_domain": "z.example", "joint_sender_id": joint + 1000}
        assert fetched(ada, list_ids=(list_id + 1000,), **others) == ({"ada", "ben", "cyd", "dan"}, set())
        assert len(frozen(ada, Audience(everyone=True), **others).members) == 4


def test_whoever_left_a_list_is_not_found_through_it_by_a_segment(ada):
    list_id = make_list(ada, "News", "ben@x.org", "cyd@x.org")
    suppress(ada, "ben", f"list:{list_id}")
    segment = create_segment(actor=ada.owner, account_id=ada.account_id, name="Readers", condition='list("News")')
    assert names(ada, frozen(ada, Audience(segments=(segment,))).members) == {"cyd"}


def test_an_import_does_not_undo_a_suppression(ada):
    list_id = make_list(ada, "News")
    for reach in ("account", f"list:{list_id}"):
        suppress(ada, "ben", reach)
    make_contacts(ada, *PEOPLE, "BEN@x.org", list_id=list_id)
    assert names(ada, frozen(ada, Audience(lists=(list_id,))).members) == {"ada", "cyd", "dan"}
    assert fetched(ada, list_ids=(list_id,))[0] == {"ada", "cyd", "dan"}


def test_an_address_suppressed_before_it_becomes_a_contact_is_never_mailed(ada):
    suppress_addresses(
        actor=ada.owner, account_id=ada.account_id, addresses=["new@x.org"], reach="account", reason="asked"
    )
    make_contacts(ada, "new@x.org")
    assert len(frozen(ada, Audience(everyone=True)).members) == 4


def test_lifting_needs_a_reason_and_is_on_record(ada):
    suppress(ada, "ben", "account")
    wanted = {"actor": ada.owner, "account_id": ada.account_id, "address": "ben@x.org", "reach": "account"}
    with pytest.raises(Invalid):
        lift_suppression(**wanted, reason=" ")
    assert fetched(ada)[0] == {"ada", "cyd", "dan"}
    lift_suppression(**wanted, reason="wrote to us")
    assert fetched(ada)[0] == {"ada", "ben", "cyd", "dan"}
    lifted = [each.reason for each in audit_events(ada.account_id) if each.act == "suppression.lifted"]
    assert lifted == ["wrote to us"]
    with pytest.raises(NotFound):
        lift_suppression(**wanted, reason="again")


def test_a_removed_contact_is_named_as_such(ada):
    gone = ordinals_of(ada.account_id, PEOPLE)["cyd@x.org"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE account_id = %s AND ordinal = %s", [ada.account_id, gone])
    mailable, withheld = fetch_recipients(
        raw_connection(),
        ada.account_id,
        BitMap([gone, gone + 900]),
        unit_id=None,
        sending_domain="",
        joint_sender_id=None,
    )
    assert (mailable, withheld) == ([], [(gone, "removed"), (gone + 900, "removed")])
    assert fetch_recipients(
        raw_connection(), ada.account_id, BitMap(), unit_id=None, sending_domain="", joint_sender_id=None
    ) == ([], [])


def test_a_recipient_is_written_to_as_given_and_known_in_canonical_form(ada):
    import_file(ada, 'email,name\nJürg@Bücher.example,"J ""x"" \\ é"\n')
    found = ordinals_of(ada.account_id, ["jürg@xn--bcher-kva.example"])
    (one,), _withheld = fetch_recipients(
        raw_connection(), ada.account_id, BitMap(found.values()), unit_id=None, sending_domain="", joint_sender_id=None
    )
    assert (one.address, one.canonical) == ("Jürg@xn--bcher-kva.example", "jürg@xn--bcher-kva.example")
    assert one.attributes == {"name": 'J "x" \\ é'}


def test_recipients_of_sparse_and_dense_sets_are_the_same(ada):
    make_contacts(ada, *(f"p{number}@x.org" for number in range(400)))
    ordinals = sorted(ordinals_of(ada.account_id, [f"p{number}@x.org" for number in range(400)]).values())
    for chosen in (ordinals, ordinals[::3], ordinals[::50], ordinals[:1] + ordinals[-1:]):
        mailable, withheld = fetch_recipients(
            raw_connection(),
            ada.account_id,
            BitMap(chosen),
            unit_id=1,
            sending_domain="x",
            joint_sender_id=2,
            list_ids=(3,),
        )
        assert [each.ordinal for each in mailable] == chosen
        assert not withheld


def test_dead_domains_are_left_out_and_counted(ada):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO contact_domain (domain, verdict) VALUES ('y.org', 'null_mx'), ('x.org', 'ok')")
    result = frozen(ada, Audience(everyone=True))
    assert (names(ada, result.members), result.dead_domain) == ({"ada", "ben", "cyd"}, 1)


def test_relative_days_count_from_the_day_of_freezing(ada):
    import_file(ada, f"email,joined\nada@x.org,{NOW.date() - timedelta(days=31)}\nben@x.org,{NOW.date()}\n")
    segment = create_segment(
        actor=ada.owner, account_id=ada.account_id, name="Old", condition="joined before 30 days ago",
        clock=FixedClock(NOW),
    )  # fmt: skip
    assert names(ada, frozen(ada, Audience(segments=(segment,))).members) == {"ada"}


def test_another_accounts_ids_do_not_exist(ada):
    mallory = make_account(owner="Mallory")
    list_id = make_list(ada, "News", "ada@x.org")
    segment_id = create_segment(actor=ada.owner, account_id=ada.account_id, name="All", condition="email is set")
    for audience in (Audience(lists=(list_id,)), Audience(segments=(segment_id,)),
                     Audience(everyone=True, exclude_lists=(list_id,)),
                     Audience(everyone=True, exclude_segments=(segment_id,))):  # fmt: skip
        with pytest.raises(NotFound):
            frozen(mallory, audience)
    with pytest.raises(Invalid):
        create_segment(actor=mallory.owner, account_id=mallory.account_id, name="x", condition='list("News")')
    for account_id in (ada.account_id, mallory.account_id):
        here = {"actor": mallory.owner, "account_id": account_id, "list_id": list_id}
        for act in (lambda: add_to_list(addresses=["ada@x.org"], **here),  # noqa: B023
                    lambda: remove_from_list(addresses=["ada@x.org"], **here),  # noqa: B023
                    lambda: archive_list(**here)):  # noqa: B023  # fmt: skip
            with pytest.raises(NotFound):
                act()
        for reach in (f"list:{list_id}", f"unit:{ada.unit_id}"):
            with pytest.raises(NotFound):
                suppress_addresses(
                    actor=mallory.owner, account_id=account_id, addresses=["ada@x.org"], reach=reach, reason="spite"
                )
    with pytest.raises(Forbidden):
        suppress(mallory, "ada", "installation")
    assert fetched(ada, list_ids=(list_id,))[0] == {"ada", "ben", "cyd", "dan"}
    assert fetch_recipients(
        raw_connection(), mallory.account_id, BitMap([1, 2, 3]), unit_id=None, sending_domain="", joint_sender_id=None
    ) == ([], [(1, "removed"), (2, "removed"), (3, "removed")])


@pytest.mark.parametrize("reach", ["", "list", "list:x", "list:1 OR 1=1", "unit:-1", "account:3", "domain:", "world"])
def test_a_reach_that_is_none_is_refused(ada, reach):
    with pytest.raises((Invalid, NotFound)):
        suppress(ada, "ben", reach)
