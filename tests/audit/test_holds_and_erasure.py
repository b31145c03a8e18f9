"""An erasure and a legal hold at once: one of them comes first, and what is held is never erased."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from tests.builders.audit import asked, note, whole

from fairpost.audit.actions import place_legal_hold as placing
from fairpost.audit.actions.erase_subject import erase_subject
from fairpost.audit.actions.place_legal_hold import place_legal_hold
from fairpost.audit.actions.release_legal_hold import release_legal_hold
from fairpost.audit.actions.seal_events import seal_events
from fairpost.audit.holds import keep_holds_still
from fairpost.audit.queries import audit_events
from fairpost.audit.queries.holds import holds_on, legal_hold, legal_holds
from fairpost.audit.vault import open_for, seal_for
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound

OFFICER = Actor(name="Lea", via="web", person_id=71, capabilities=frozenset({"legal.order"}))
KEEPER = Actor(name="Kit", via="web", person_id=72, capabilities=frozenset({"audit.seal"}))
WHY = {"legal_basis": "Art. 17(3)(e) GDPR", "reason": "a case is pending"}


def hold(*items: str, name: str = "case 7") -> int:
    return place_legal_hold(actor=OFFICER, name=name, items=items, **WHY).id


def erase(subject: str) -> int:
    return erase_subject(actor=KEEPER, subject=subject, reason="asked for it")


def test_what_is_sealed_for_a_subject_is_gone_with_its_key_and_nothing_else(db):
    kept, mine = seal_for("person:2", b"theirs"), seal_for("person:1", b"mine")
    assert open_for("person:1", mine) == b"mine"
    assert erase("person:1") == 1
    assert open_for("person:1", mine) is None
    assert open_for("person:2", kept) == b"theirs"
    later = seal_for("person:1", b"later")
    assert (open_for("person:1", later), open_for("person:1", mine)) == (b"later", None)


def test_a_sealed_value_is_of_its_subject_and_whole(db):
    sealed = seal_for("person:1", b"mine")
    for subject, value in (
        ("person:2", sealed),
        ("person:1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("person:1", b"no"),
    ):
        with pytest.raises(Invalid):
            open_for(subject, value)
    for wrong in ("", "person", "person:", "Ada Smith", "person:1; DROP TABLE", "a@b:1"):
        with pytest.raises(ValueError, match="noun:id"):
            seal_for(wrong, b"x")


def test_an_erasure_is_refused_while_a_hold_names_the_subject_and_says_which(db):
    sealed = seal_for("person:1", b"mine")
    first, second = hold("person:1", "campaign:3"), hold("person:1", name="case 8")
    with pytest.raises(Conflict, match=rf"{first} \(case 7; Art. 17.*{second} \(case 8"):
        erase("person:1")
    assert open_for("person:1", sealed) == b"mine"
    last = audit_events(None, limit=1)[0]
    assert (last.act, last.subject, last.facts) == ("subject.kept", "person:1", {"holds": [first, second]})
    release_legal_hold(actor=OFFICER, hold_id=first, reason="over")
    with pytest.raises(Conflict, match="case 8"):
        erase("person:1")
    release_legal_hold(actor=OFFICER, hold_id=second, reason="over")
    assert erase("person:1") == 1
    assert open_for("person:1", sealed) is None


def test_acts_on_holds_and_erasures_are_on_record(db):
    seal_for("person:1", b"mine")
    number = hold("person:2", "person:1")
    release_legal_hold(actor=OFFICER, hold_id=number, reason="over")
    erase("person:1")
    told = [(each.act, each.subject, each.reason) for each in audit_events(None, limit=3)]
    assert told == [
        ("subject.erased", "person:1", "asked for it"),
        ("legal_hold.released", f"legal_hold:{number}", "over"),
        ("legal_hold.placed", f"legal_hold:{number}", "a case is pending"),
    ]
    assert audit_events(None, limit=3)[2].facts == {"items": ["person:1", "person:2"]}


def test_holds_are_listed_with_what_they_name(db):
    number = hold("person:2", "person:1", "person:2")
    assert legal_hold(number).items == ("person:1", "person:2")
    assert [each.id for each in holds_on("person:2")] == [number]
    assert legal_holds(after=number - 1)[0].released_at is None
    release_legal_hold(actor=OFFICER, hold_id=number, reason="over")
    assert legal_holds(after=number - 1)[0].released_at is not None
    assert holds_on("person:2") == []
    with pytest.raises(Conflict):
        release_legal_hold(actor=OFFICER, hold_id=number, reason="again")
    with pytest.raises(NotFound):
        release_legal_hold(actor=OFFICER, hold_id=number + 1, reason="again")


def test_a_hold_that_comes_too_late_says_so(db):
    seal_for("person:1", b"mine")
    seal_for("person:2", b"theirs")
    erase("person:1")
    assert place_legal_hold(actor=OFFICER, name="late", items=["person:1", "person:2"], **WHY).erased == ("person:1",)


def test_one_erases_and_holds_only_with_the_right_to_and_names_what_there_is(db):
    seal_for("person:1", b"mine")
    nobody = Actor(name="x", via="web")
    owner = Actor(name="Ada", via="web", account_id=1, capabilities=frozenset({"audit.seal", "legal.order"}))
    for actor in (nobody, owner, OFFICER):
        with pytest.raises(Forbidden):
            erase_subject(actor=actor, subject="person:1", reason="x")
    for actor in (nobody, owner, KEEPER):
        with pytest.raises(Forbidden):
            place_legal_hold(actor=actor, name="x", items=["person:1"], **WHY)
        with pytest.raises(Forbidden):
            release_legal_hold(actor=actor, hold_id=1, reason="x")
    with pytest.raises(NotFound):
        erase("person:999")
    erase("person:1")
    with pytest.raises(NotFound):
        erase("person:1")
    for items in ([], ["Ada"], ["person:1", ""], [f"person:{n}" for n in range(1001)]):
        with pytest.raises(Invalid):
            place_legal_hold(actor=OFFICER, name="x", items=items, **WHY)
    with pytest.raises(Invalid):
        erase_subject(actor=KEEPER, subject="person:2", reason=" ")


def test_the_chain_stays_whole_after_an_erasure_of_who_erases(db):
    note(KEEPER, reason="mine")
    seal_events()
    assert erase("person:72") == 1
    seal_events()
    whole()
    assert audit_events(None, limit=1)[0].reason == "asked for it", "said after the erasure"


class Aside(threading.Thread):
    """Does it in a thread and connection of its own."""

    def __init__(self, deed) -> None:
        super().__init__(daemon=True)
        self.deed, self.result, self.error = deed, None, None
        self.start()

    def run(self) -> None:
        try:
            self.result = self.deed()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def ended(self):
        self.join(20)
        assert not self.is_alive()
        return self


def waits(thread: Aside) -> bool:
    time.sleep(0.3)
    return thread.is_alive()


@pytest.fixture
def sealed(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE legal_hold, legal_hold_item")
    return seal_for("person:5", b"mine")


def test_an_erasure_that_comes_while_a_hold_is_placed_waits_and_is_refused(sealed):
    with transaction.atomic():
        hold("person:5")
        erasing = Aside(lambda: erase("person:5"))
        assert waits(erasing)
    assert isinstance(erasing.ended().error, Conflict)
    assert open_for("person:5", sealed) == b"mine"


def test_a_hold_that_comes_while_an_erasure_runs_waits_and_says_that_it_is_too_late(sealed):
    with transaction.atomic():
        assert erase("person:5") == 1
        held = Aside(lambda: place_legal_hold(actor=OFFICER, name="late", items=["person:5"], **WHY))
        assert waits(held)
    assert held.ended().result.erased == ("person:5",)
    assert open_for("person:5", sealed) is None


def test_an_erasure_whose_hold_is_not_placed_after_all_goes_on(sealed):
    with pytest.raises(RuntimeError), transaction.atomic():
        hold("person:5")
        erasing = Aside(lambda: erase("person:5"))
        assert waits(erasing)
        raise RuntimeError
    assert erasing.ended().result == 1
    assert open_for("person:5", sealed) is None


def test_a_deletion_that_runs_is_over_before_a_hold_is_placed(sealed):
    with transaction.atomic(), connection.cursor() as cursor:
        assert keep_holds_still(cursor).numbers("campaign") == []
        held = Aside(lambda: hold("campaign:40", "campaign:x", "account:40"))
        assert waits(held)
    held.ended()
    with transaction.atomic(), connection.cursor() as cursor:
        assert keep_holds_still(cursor).numbers("campaign") == [40]


def test_of_many_erasures_and_holds_at_once_nothing_held_is_erased(sealed):
    for round_ in range(8):
        subject = f"person:{100 + round_}"
        value = seal_for(subject, b"mine")
        both = [
            Aside(lambda s=subject: erase(s)),
            Aside(lambda s=subject: place_legal_hold(actor=OFFICER, name="x", items=[s], **WHY)),
        ]
        erasing, held = (each.ended() for each in (both if round_ % 2 else both[::-1]))
        erasing, held = (erasing, held) if round_ % 2 else (held, erasing)
        gone = open_for(subject, value) is None
        assert (erasing.error is None) == gone == (held.result.erased == (subject,))
        assert gone or isinstance(erasing.error, Conflict)


def test_two_erasures_at_once_destroy_each_key_once(sealed):
    both = [Aside(lambda: erase("person:5")) for _n in range(2)]
    ended = [each.ended() for each in both]
    assert sorted(each.result or 0 for each in ended) == [0, 1]
    assert [type(each.error) for each in ended if each.error] == [NotFound]


def test_writing_for_a_new_subject_waits_for_nobody(transactional_db):
    with transaction.atomic():
        mine = seal_for("person:6", b"mine")
        other = Aside(lambda: seal_for("person:6", b"theirs")).ended()
    assert (open_for("person:6", mine), open_for("person:6", other.result)) == (b"mine", b"theirs")
    assert asked("SELECT count(*) FROM subject_key WHERE subject = 'person:6' AND wrapped IS NOT NULL") == [(2,)]
    assert erase("person:6") == 2
    assert open_for("person:6", mine) is open_for("person:6", other.result) is None


def test_placing_is_one_transaction(sealed, monkeypatch):
    def fail(**_given):
        raise RuntimeError

    monkeypatch.setattr(placing, "record", fail)
    with pytest.raises(RuntimeError):
        hold("person:5")
    assert legal_holds() == []
