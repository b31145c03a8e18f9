"""The fold: whatever dies and whenever, each recipient is in exactly one state, and nobody is lost."""

from __future__ import annotations

import random

import pytest
from pyroaring import BitMap
from tests.builders import delivery as build

from fairpost.delivery.connect import connect
from fairpost.delivery.fold.folder import Displaced, JournalFold
from fairpost.delivery.queries.progress import progress
from fairpost.delivery.queries.recipients import recipient_outcome, recipients_in_state
from fairpost.engine.journal.record import REPEATED, STATES, Kind, pack

pytestmark = [pytest.mark.django_db(transaction=True)]

ACCOUNT, CAMPAIGN = 5, 9
NUMBER = {state: number for number, state in enumerate(STATES)}


def outcome(sender, key, ordinal, state, *, code=250, text="", flags=0):
    sender.journal.add(pack(Kind.OUTCOME, key, ordinal, 1.0, state=NUMBER[state], code=code, flags=flags, relay=3,
                            text=f"\n{text}".encode() if "\n" not in text else text.encode()))  # fmt: skip


def fold_all(path, connection=None):
    journal = JournalFold(path, build.clock())
    with connect() as own:
        while journal.step(own):
            pass
    return journal


@pytest.fixture
def sender(tmp_path):
    return build.FakeSender(tmp_path)


def test_each_state_is_counted_and_pending_is_the_rest(sender):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap(range(1, 101)))
    [(key, _members)] = sender.lease(ACCOUNT, CAMPAIGN)
    for ordinal in range(1, 31):
        outcome(sender, key, ordinal, "accepted")
    outcome(sender, key, 31, "failed", code=550, text="unknown user\n550 no such user")
    outcome(sender, key, 32, "deferred", code=450, text="greylisted\n450 later")
    outcome(sender, key, 33, "withheld", code=0, text="unsubscribed\n")
    sender.journal.flush()
    fold_all(sender.path)
    counts = progress(ACCOUNT, CAMPAIGN)
    assert (counts.accepted, counts.failed, counts.deferred, counts.withheld, counts.pending) == (30, 1, 1, 1, 67)
    assert ("failed", "unknown user", 1) in counts.reasons and ("withheld", "unsubscribed", 1) in counts.reasons


def test_a_returned_lease_is_done_or_goes_on_in_parts(sender):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap(range(1, 11)))
    [(key, _members)] = sender.lease(ACCOUNT, CAMPAIGN)
    for ordinal in (1, 2, 3):
        outcome(sender, key, ordinal, "accepted")
    outcome(sender, key, 4, "deferred", code=450)
    sender.journal.add(pack(Kind.HELD, key, 5, 1.0, text=b"slow.example"))
    sender.journal.add(pack(Kind.NOT_SENT, key, 6, 1.0, code=550, enhanced=(5, 7, 1), text=b"\nno"))
    sender.journal.add(pack(Kind.RETURNED, key, 0, 1.0))
    sender.journal.flush()
    fold_all(sender.path)
    found = build.parts(ACCOUNT, CAMPAIGN)
    assert found[0][2:4] == ("ready", {7, 8, 9, 10}), "who was never begun is pending in the part itself"
    later = {tuple(sorted(row[3])): row for row in found[1:]}
    assert later[(5,)][4] == "slow.example" and later[(5,)][5] == 0
    assert later[(4, 6)][5] == 1 and later[(4, 6)][6] > build.AT, "deferred and refused wait"
    together = [ordinal for row in found for ordinal in row[3]]
    assert sorted(together) == [4, 5, 6, 7, 8, 9, 10]


def test_a_refusal_by_policy_leaves_the_contact_pending(sender):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap([1]))
    [(key, _members)] = sender.lease(ACCOUNT, CAMPAIGN)
    sender.journal.add(pack(Kind.INTENT, key, 1, 1.0))
    sender.journal.add(pack(Kind.NOT_SENT, key, 1, 1.0, code=554, enhanced=(5, 7, 1), text=b"\n554 5.7.1 not you"))
    sender.journal.add(pack(Kind.RETURNED, key, 0, 1.0))
    sender.journal.flush()
    fold_all(sender.path)
    found = recipient_outcome(ACCOUNT, CAMPAIGN, 1)
    assert found.state == "pending"
    assert found.attempts[0].reply == "554 5.7.1 not you", "what the relay said is on record all the same"


def test_an_intent_without_outcome_is_in_doubt_once_and_then_unknown(sender, tmp_path):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap([1, 2]))
    [(key, _members)] = sender.lease(ACCOUNT, CAMPAIGN)
    sender.journal.write_now(pack(Kind.INTENT, key, 1, 1.0))
    sender.die()
    assert fold_all(sender.path).gone and not sender.path.exists()
    assert build.outcome_sets(ACCOUNT, CAMPAIGN) == {("in_doubt", ""): {1}}
    second = build.FakeSender(tmp_path)
    [(key, members)] = second.lease(ACCOUNT, CAMPAIGN)
    assert set(members) == {1, 2}, "who is in doubt is sent to once more"
    second.journal.write_now(pack(Kind.INTENT, key, 1, 1.0, flags=REPEATED))
    second.die()
    fold_all(second.path)
    assert build.outcome_sets(ACCOUNT, CAMPAIGN) == {("unknown", ""): {1}}
    third = build.FakeSender(tmp_path)
    [(_key, members)] = third.lease(ACCOUNT, CAMPAIGN)
    assert set(members) == {2}


def test_a_frozen_sender_keeps_its_lease(sender):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap([1, 2]))
    [(key, _members)] = sender.lease(ACCOUNT, CAMPAIGN)
    sender.journal.write_now(pack(Kind.INTENT, key, 1, 1.0))
    journal = fold_all(sender.path)
    assert not journal.gone
    assert build.parts(ACCOUNT, CAMPAIGN)[0][2] == "leased"
    assert build.rows("SELECT octet_length(open_intents) FROM sender")[0][0] == 128, "what it may be sending is named"


def test_a_fold_that_was_displaced_reads_anew(sender):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap([1, 2]))
    [(key, _members)] = sender.lease(ACCOUNT, CAMPAIGN)
    first, second = JournalFold(sender.path, build.clock()), JournalFold(sender.path, build.clock())
    outcome(sender, key, 1, "accepted")
    sender.journal.flush()
    with connect() as own:
        assert first.step(own) and second.step(own) == 0
        outcome(sender, key, 2, "accepted")
        sender.journal.flush()
        assert first.step(own)
        with pytest.raises(Displaced):
            second.step(own)
        assert second.step(own) == 0
    assert progress(ACCOUNT, CAMPAIGN).accepted == 2


def test_the_campaign_is_finished_with_its_last_lease(sender):
    build.dispatch(ACCOUNT, CAMPAIGN, BitMap([1, 5000]))
    for key, members in sender.lease(ACCOUNT, CAMPAIGN):
        for ordinal in members:
            outcome(sender, key, ordinal, "accepted")
        assert progress(ACCOUNT, CAMPAIGN).state == "running"
        sender.journal.add(pack(Kind.RETURNED, key, 0, 1.0))
    sender.journal.flush()
    fold_all(sender.path)
    assert progress(ACCOUNT, CAMPAIGN).state == "finished"


def test_who_is_in_which_state_can_be_paged_through(sender):
    members = BitMap([*range(1, 50), *range(9000, 9020)])
    build.dispatch(ACCOUNT, CAMPAIGN, members)
    for key, some in sender.lease(ACCOUNT, CAMPAIGN):
        for ordinal in some:
            if ordinal % 2:
                outcome(sender, key, ordinal, "accepted")
    sender.journal.flush()
    fold_all(sender.path)
    seen, after = [], 0
    while page := recipients_in_state(ACCOUNT, CAMPAIGN, "accepted", after, 7):
        seen += [ordinal for ordinal, _reason in page]
        after = seen[-1]
    assert seen == [ordinal for ordinal in members if ordinal % 2]
    pending = recipients_in_state(ACCOUNT, CAMPAIGN, "pending", 0, 1000)
    assert [ordinal for ordinal, _reason in pending] == [ordinal for ordinal in members if not ordinal % 2]


@pytest.mark.parametrize("seed", range(12))
def test_random_sending_with_random_deaths_accounts_for_everybody(seed, tmp_path):
    """A naive model of what may be true: after all, each recipient is final or pending, and none is in two states."""
    chance = random.Random(seed)
    everybody = BitMap(chance.sample(range(1, 12000), 300))
    build.dispatch(ACCOUNT, CAMPAIGN, everybody)
    accepted: dict[int, int] = {}
    for _round in range(40):
        sender = build.FakeSender(tmp_path)
        leases = sender.lease(ACCOUNT, CAMPAIGN)
        if not leases:
            sender.die()
            fold_all(sender.path)
            break
        doubtful = build.outcome_sets(ACCOUNT, CAMPAIGN).get(("in_doubt", ""), set())
        journal = JournalFold(sender.path, build.clock())
        with connect() as own:
            for key, members in leases:
                alive = play(chance, sender, key, members, doubtful, accepted)
                if chance.random() < 0.5:
                    journal.step(own)
                if chance.random() < 0.3:
                    journal = JournalFold(sender.path, build.clock())  # the fold was killed and started again
                if not alive:
                    break
        sender.die()
        fold_all(sender.path)
        check_partition(everybody)
    states = build.outcome_sets(ACCOUNT, CAMPAIGN)
    counted = set().union(*(v for (state, _r), v in states.items() if state == "accepted"))
    assert counted == set(accepted), "accepted is exactly what the relay said it took and we wrote down"
    assert max(accepted.values()) <= 2 or not accepted


def play(chance, sender, key, members, doubtful, accepted) -> bool:
    """Sends some of a batch as the loop does. False where the sender 'dies' in the middle."""
    for ordinal in members:
        flags = REPEATED if ordinal in doubtful else 0
        sender.journal.write_now(pack(Kind.INTENT, key, ordinal, 1.0, flags=flags))
        luck = chance.random()
        if luck < 0.01:
            return False
        if luck < 0.7:
            reason = "possibly doubled\n" if flags else "\n"
            sender.journal.write_now(pack(Kind.OUTCOME, key, ordinal, 1.0, state=NUMBER["accepted"], code=250,
                                          text=reason.encode()))  # fmt: skip
            accepted[ordinal] = accepted.get(ordinal, 0) + 1
        elif luck < 0.8:
            sender.journal.write_now(pack(Kind.OUTCOME, key, ordinal, 1.0, state=NUMBER["deferred"], code=451))
        elif luck < 0.85:
            sender.journal.write_now(pack(Kind.OUTCOME, key, ordinal, 1.0, state=NUMBER["failed"], code=550))
        else:
            sender.journal.write_now(pack(Kind.NOT_SENT, key, ordinal, 1.0))
    sender.journal.write_now(pack(Kind.RETURNED, key, 0, 1.0))
    return True


def check_partition(everybody: BitMap) -> None:
    seen: list[int] = []
    for members in build.outcome_sets(ACCOUNT, CAMPAIGN).values():
        seen += members
    assert len(seen) == len(set(seen)), "somebody is in two states"
    assert set(seen) <= set(everybody)
    final = {o for (s, _r), m in build.outcome_sets(ACCOUNT, CAMPAIGN).items() for o in m
             if s in ("accepted", "failed", "withheld", "unknown")}  # fmt: skip
    waiting = [ordinal for row in build.parts(ACCOUNT, CAMPAIGN) if row[2] == "ready" for ordinal in row[3]]
    assert len(waiting) == len(set(waiting)), "somebody is in two parts"
    assert set(waiting) == set(everybody) - final, "who is not final is in exactly one part"
