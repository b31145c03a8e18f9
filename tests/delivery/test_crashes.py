"""After kill -9 everybody of the audience is in one state, nobody is lost, and who may have got two mails is named."""

from __future__ import annotations

import random
import time
from collections import defaultdict

from django.db import connection, transaction
from tests.builders.campaigns import make_author
from tests.builders.delivery import FakeSender, outcome_sets, parts
from tests.builders.sending import reached, rows, until

from fairpost.campaigns.actions.stop_campaign import cancel_campaign
from fairpost.contacts.actions.suppress_addresses import suppress_addresses
from fairpost.delivery.actions.abandon_sender import abandon_sender
from fairpost.delivery.fold.apply import apply_states
from fairpost.delivery.queries.senders import senders
from fairpost.engine.transport.behaviour import Rule
from fairpost.tenants.actors import local_operator

PEOPLE = 1500


def judge(works, author, number, server, people):
    """Lost: nobody. Doubled: named, with one Message-ID. Accounted: everybody, once."""
    counts = reached(author.account_id, number, seconds=60)
    assert set(server.counts) == set(people), "somebody got nothing"
    assert counts.pending == 0 and counts.accepted + counts.unknown == len(people)
    sets = outcome_sets(author.account_id, number)
    assert sum(len(members) for members in sets.values()) == len(people), "somebody is in two states"
    named = sets.get(("accepted", "possibly doubled"), set()) | sets.get(("unknown", ""), set())
    ids = defaultdict(list)
    for each in server.arrivals:
        ids[int(each.to.partition("@")[0].removeprefix("person"))].append(each.message_id)
    doubled = {ordinal for ordinal, seen in ids.items() if len(seen) > 1}
    assert all(len(set(seen)) == 1 for seen in ids.values()), "a repeat has the same Message-ID"
    assert doubled <= named, "who got two is named"
    assert all(len(seen) <= 2 for seen in ids.values())
    return doubled, named


def begin(works):
    author = make_author()
    people = author.crowd(PEOPLE)
    server = works.server()
    works.relay(server)
    return author, people, server


def test_killed_senders_lose_nobody(works):
    author, people, server = begin(works)
    works.fold()
    program = works.program()
    number = author.started()
    chance = random.Random(7)
    for _ in range(2):
        before = len(server.arrivals)
        until(lambda before=before: len(server.arrivals) > before + 150, "mail flows", 20)
        time.sleep(chance.uniform(0, 0.05))
        program.kill()
        program.wait()
        program = works.program()
    doubled, named = judge(works, author, number, server, people)
    assert len(named) <= 2 * 4, "at most one message per open connection"


def test_a_killed_fold_loses_nothing(works):
    author, people, server = begin(works)
    fold = works.program("fold")
    works.sender(connections=8)
    number = author.started()
    for _ in range(3):
        before = len(server.arrivals)
        until(lambda before=before: len(server.arrivals) > before + 200, "mail flows")
        fold.kill()
        fold.wait()
        fold = works.program("fold")
    doubled, named = judge(works, author, number, server, people)
    assert not doubled and not named, "the fold's death puts nothing in doubt"


def test_a_sender_that_is_asked_to_end_leaves_nothing_in_doubt(works):
    author, people, server = begin(works)
    works.fold()
    program = works.program()
    number = author.started()
    until(lambda: len(server.arrivals) > 300, "mail flows", 20)
    program.terminate()
    assert program.wait(15) == 0
    until(lambda: senders() == [], "its journal is folded and gone")
    assert not list(works.journals.glob("*.journal"))
    states = {state for state, _reason in outcome_sets(author.account_id, number)}
    assert states == {"accepted"}
    assert len(server.arrivals) == len(outcome_sets(author.account_id, number)["accepted", ""])
    works.sender()
    doubled, named = judge(works, author, number, server, people)
    assert not doubled and not named


def test_a_message_in_doubt_is_sent_once_more_and_then_left_alone(works):
    """Two senders die in turn with the same recipient's dot unanswered."""
    author = make_author()
    [address] = author.crowd(1)
    server = works.server()
    server.behave(delay=60)
    works.relay(server)
    works.fold()
    number = author.started()
    for turn in (1, 2):
        program = works.program()
        until(lambda turn=turn: len(server.arrivals) == turn, "the dot is there, its reply is not", 20)
        program.kill()
        program.wait()
        until(lambda: senders() == [], "the journal of the killed one is folded")
        assert set(outcome_sets(author.account_id, number)) == {("in_doubt" if turn == 1 else "unknown", "")}
    server.behave()
    works.sender()
    counts = reached(author.account_id, number)
    assert (counts.unknown, counts.accepted) == (1, 0)
    first, second = server.to(address)
    assert first.message_id == second.message_id


def test_a_lost_connection_after_the_dot_is_in_doubt_without_a_crash(works):
    author = make_author()
    [address] = author.crowd(1)
    server = works.server()
    server.behave(Rule("dot", reply="", close=True, times=1))
    works.relay(server)
    works.fold()
    works.sender()
    number = author.started()
    counts = reached(author.account_id, number)
    assert counts.accepted == 1 and counts.possibly_doubled == 1
    assert len(server.to(address)) == 1, "the first was not taken; nobody could know"


def test_whoever_is_suppressed_while_in_doubt_is_unknown_and_not_withheld(works):
    """The mail may have reached them: an accounting that says it was withheld would be wrong."""
    author = make_author()
    [address] = author.crowd(1)
    server = works.server()
    server.behave(delay=60)
    works.relay(server)
    works.fold()
    number = author.started()
    program = works.program()
    until(lambda: len(server.arrivals) == 1, "the dot is there, its reply is not", 20)
    program.kill()
    program.wait()
    suppress_addresses(**author.who, addresses=[address], reach="account", reason="unsubscribed")
    until(lambda: senders() == [], "the journal of the killed one is folded")
    works.sender()
    counts = reached(author.account_id, number)
    assert counts.unknown == 1 and counts.reasons == (("unknown", "unsubscribed", 1),)
    assert len(server.arrivals) == 1


def test_a_cancelled_campaign_leaves_in_doubt_what_was(works):
    author = make_author()
    author.crowd(2)
    server = works.server()
    server.behave(delay=60)
    works.relay(server, max_connections=1)
    works.fold()
    number = author.started()
    program = works.program()
    until(lambda: len(server.arrivals) == 1, "one dot is there, its reply is not", 20)
    program.kill()
    program.wait()
    until(lambda: senders() == [], "the journal of the killed one is folded")
    cancel_campaign(**author.who, campaign_id=number)
    sets = outcome_sets(author.account_id, number)
    assert sets == {("unknown", "campaign cancelled"): {1}, ("withheld", "campaign cancelled"): {2}}


def test_giving_up_a_machine_names_everybody_whom_it_may_have_written_to(works):
    """The journal's end is lost with the machine: also of those who wait for a retry nobody knows what they got."""
    author = make_author()
    author.crowd(5)
    works.relay(works.server())
    number = author.started()
    lost = FakeSender(works.journals)
    lost.lease(author.account_id, number)
    with_outcome = {("accepted", ""): [1], ("deferred", "greylisted"): [2], ("in_doubt", ""): [3]}
    with transaction.atomic(), connection.cursor() as cursor:
        apply_states(cursor, (author.account_id, number, 0), with_outcome)
        cursor.execute("UPDATE sender SET granted_at = granted_at - interval '5 s'")
    given_up = abandon_sender(actor=local_operator(), sender_id=str(lost.sender_id), reason="fire")
    assert (given_up.leases, given_up.uncertain) == (1, 3)
    assert outcome_sets(author.account_id, number) == {("accepted", ""): {1}, ("in_doubt", ""): {2, 3, 4, 5}}
    assert {ordinal for row in parts(author.account_id, number) if row[2] == "ready" for ordinal in row[3]} == {
        2,
        3,
        4,
        5,
    }
    assert rows("SELECT act FROM audit_event ORDER BY 1")
    lost.die()
