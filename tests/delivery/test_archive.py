"""A campaign in the archive answers every question as it did before, from a fraction of the space."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as some
from pyroaring import BitMap
from tests.builders import delivery as build

from fairpost.delivery.archive import archive
from fairpost.delivery.archive.archive import archive_ended
from fairpost.delivery.archive.count import count_ended
from fairpost.delivery.archive.members import packed, unpacked
from fairpost.delivery.connect import connect
from fairpost.delivery.fold.apply import apply_states
from fairpost.delivery.plan import SHIFT
from fairpost.delivery.queries.delivered import delivered
from fairpost.delivery.queries.mailed import accepted_mails
from fairpost.delivery.queries.outcomes import outcome_sums
from fairpost.delivery.queries.progress import progress
from fairpost.delivery.queries.received import received
from fairpost.delivery.queries.recipients import recipient_outcome, recipients_in_state
from fairpost.delivery.reach.tally import mark
from fairpost.kernel.clock import FixedClock

pytestmark = [pytest.mark.django_db(transaction=True)]
ACCOUNT, CAMPAIGN = 5, 9
STATES = ("pending", "accepted", "deferred", "withheld", "failed", "in_doubt", "unknown")
LATER = build.AT + timedelta(days=31)


def ended(campaign: int = CAMPAIGN) -> BitMap:
    """A finished campaign whose recipients came to every end that there is, in several chunks and gaps."""
    chance = random.Random(campaign)
    members = BitMap(chance.sample(range(1, 30_000), 3000)) | BitMap(range(140_000, 140_050)) | BitMap([9_000_000])
    build.dispatch(ACCOUNT, campaign, members)
    by_batch: dict[int, dict[tuple[str, str], list[int]]] = {}
    for ordinal in members:
        state = chance.choices(
            [("accepted", ""), ("failed", "unknown user"), ("failed", "blocked"), ("withheld", "unsubscribed"),
             ("accepted", "possibly doubled"), ("unknown", "")],
            [80, 5, 2, 5, 1, 1],
        )[0]  # fmt: skip
        by_batch.setdefault(ordinal >> SHIFT, {}).setdefault(state, []).append(ordinal)
    with connect() as own, own.transaction(), own.cursor() as cursor:
        for number, states in by_batch.items():
            apply_states(cursor, (ACCOUNT, campaign, number), states)
            got = states.get(("accepted", ""), [])
            mark(own, 3, (ACCOUNT, campaign), "delivered", got[:-2])
            mark(own, 4, (ACCOUNT, campaign), "bounced", got[-2:])
        cursor.execute("UPDATE batch SET state = 'done', size = 0 WHERE campaign_id = %s", [campaign])
        cursor.execute(
            "UPDATE dispatch SET state = 'finished', finished_at = state_at WHERE campaign_id = %s", [campaign]
        )
    return members


def answers(members: BitMap) -> list[object]:
    seen: list[object] = [
        progress(ACCOUNT, CAMPAIGN),
        delivered(ACCOUNT, CAMPAIGN),
        outcome_sums(ACCOUNT, [CAMPAIGN]),
        accepted_mails(ACCOUNT, [CAMPAIGN]),
    ]
    for state in STATES:
        whole, after = [], 0
        while page := recipients_in_state(ACCOUNT, CAMPAIGN, state, after, 400):
            whole += page
            after = page[-1][0]
        seen.append(whole)
    some_of_them = [*random.Random(1).sample(list(members), 60), 140_007, 9_000_000, 2, 50_000, 8_999_999, 9_100_000]
    seen.append([recipient_outcome(ACCOUNT, CAMPAIGN, each) for each in some_of_them])
    with connect() as own:
        seen.append(received(own, ACCOUNT, [CAMPAIGN]))
        seen.append(received(own, ACCOUNT, [CAMPAIGN], (135_168, 143_360)) & BitMap(range(135_168, 143_360)))
    return seen


def test_every_answer_is_the_same_before_between_and_after(monkeypatch):
    members = ended()
    before = answers(members)
    assert [len(each) for each in before[4:10]] != [0] * 6 and sum(map(len, before[4:11])) == len(members)
    monkeypatch.setattr(archive, "CHUNKS", 1)
    left, whole = [1, 1], archive.move_chunks

    def move_two_and_die(*given):
        left.pop()
        whole(*given)

    monkeypatch.setattr(archive, "move_chunks", move_two_and_die)
    with pytest.raises(IndexError):
        archive_ended(FixedClock(LATER))
    assert build.rows("SELECT count(*) FROM batch_audience")[0][0] > 0, "it was cut off in the middle"
    assert answers(members) == before
    monkeypatch.undo()
    assert archive_ended(FixedClock(LATER)) == 1
    for table in ("batch", "batch_audience", "batch_outcome", "relay_outcome"):
        assert build.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert answers(members) == before
    assert count_ended() == 1 and outcome_sums(ACCOUNT, [CAMPAIGN]) == before[2]
    assert archive_ended(FixedClock(LATER)) == 0 and count_ended() == 0


def test_what_is_not_over_stays_where_it_is():
    ended(1)
    ended(2)
    ended(3)
    ended(4)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE batch SET state = 'ready' WHERE campaign_id = 1")
        cursor.execute("UPDATE dispatch SET held_at = %s WHERE campaign_id = 2", [build.AT])
        cursor.execute("UPDATE dispatch SET state = 'paused' WHERE campaign_id = 3")
    assert archive_ended(FixedClock(build.AT + timedelta(days=29))) == 0
    assert archive_ended(FixedClock(LATER)) == 1
    assert build.rows("SELECT campaign_id FROM dispatch WHERE archived_at IS NOT NULL") == [(4,)]


def test_a_campaign_that_goes_on_again_is_counted_anew():
    members = ended()
    count_ended()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dispatch SET state = 'running', state_at = state_at + interval '1 hour'")
        cursor.execute("DELETE FROM batch_outcome WHERE state = 'withheld'")
    sums = outcome_sums(ACCOUNT, [CAMPAIGN])[CAMPAIGN]
    assert ("withheld", "unsubscribed") not in sums and sum(sums.values()) < len(members)


@settings(max_examples=60, deadline=None)
@given(some.sets(some.integers(0, 2**32 - 1), max_size=50), some.sets(some.integers(0, 2**32 - 1), max_size=50))
def test_a_set_is_packed_and_unpacked(audience, others):
    audience = BitMap(audience)
    for members in (BitMap(list(audience)[::2]), BitMap(list(audience)[1:]), BitMap(others), audience, BitMap()):
        assert unpacked(*packed(members, audience), audience) == members
