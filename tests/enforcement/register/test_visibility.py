"""Who sees an entry, when: pure, on one clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fairpost.enforcement.register.bands import band
from fairpost.enforcement.register.visibility import AppealTimes, Hidden, Party, Times, public_since, visibility

DAY = timedelta(days=1)
MADE = datetime(2027, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return MADE + number * DAY


def party(account: int = 1, added: int = 0, window: int = 180) -> Party:
    return Party(account, None, day(added), day(window))


def appeal(filed: int, over: int | None, judged: bool = True, account: int = 1) -> AppealTimes:
    return AppealTimes(account, None, day(filed), None if over is None else day(over), judged)


def since(*parties: Party, appeals=(), publish: str = "after_appeal") -> datetime | None:
    return public_since(Times(MADE, publish, parties, appeals))


def test_it_is_public_when_the_window_is_over():
    assert since(party()) == day(180)


def test_it_is_public_once_the_appeal_was_judged():
    assert since(party(), appeals=[appeal(3, 10)]) == day(10)


def test_a_withdrawn_appeal_leaves_the_window_open():
    assert since(party(), appeals=[appeal(3, 10, judged=False)]) == day(180)


def test_an_open_appeal_keeps_it_from_the_public_past_the_window():
    assert since(party(), appeals=[appeal(179, None)]) is None
    assert since(party(), appeals=[appeal(179, 190)]) == day(190)


def test_one_partys_appeal_does_not_publish_what_another_may_still_appeal():
    assert since(party(1), party(2), appeals=[appeal(3, 10, account=1)]) == day(180)


def test_what_was_public_stays_so():
    late = party(2, added=30, window=210)
    assert since(party(1), late, appeals=[appeal(3, 10, account=1)]) == day(10)
    assert since(party(), appeals=[appeal(3, 10), appeal(20, None)]) == day(10)


def test_a_party_that_joins_before_keeps_it_from_the_public():
    assert since(party(1), party(2, added=30, window=210)) == day(210)


def test_at_once_is_at_once():
    assert since(party(), publish="at_once") == MADE


def test_an_order_comes_before_a_seal_and_a_seal_before_publication():
    times = Times(MADE, "at_once", seals=[Hidden(day(1), day(5), "law")], keep_outs=[Hidden(day(2), day(3))])
    kinds = [visibility(times, day(number)).kind for number in range(7)]
    assert kinds == ["public", "sealed", "kept_out", "sealed", "sealed", "public", "public"]


def test_of_two_seals_the_longer_one_counts():
    times = Times(MADE, "at_once", seals=[Hidden(day(1), day(9), "long"), Hidden(day(2), day(5), "short")])
    seen = visibility(times, day(3))
    assert (seen.sealed_until, seen.legal_basis) == (day(9), "long")
    assert visibility(times, day(9)).kind == "public"


def test_an_unended_keeping_out_has_no_date():
    times = Times(MADE, "at_once", keep_outs=[Hidden(day(1), None)])
    assert visibility(times, day(100_000)).kind == "kept_out"


NUMBERS = st.integers(0, 400)
APPEALS = st.lists(
    st.tuples(NUMBERS, st.one_of(st.none(), NUMBERS), st.booleans(), st.integers(1, 3)).map(
        lambda each: appeal(each[0], None if each[1] is None else each[0] + each[1], each[2], each[3])
    ),
    max_size=5,
)
PARTIES = st.lists(st.tuples(st.integers(1, 3), NUMBERS, NUMBERS).map(
    lambda each: party(each[0], each[1], each[1] + each[2])
), max_size=4)  # fmt: skip


@given(PARTIES, APPEALS, NUMBERS)
def test_publication_is_never_taken_back_by_what_comes_later(parties, appeals, today):
    """Held against what was known on that day: later appeals, ends and parties change nothing of it."""
    now = day(today)
    known = Times(
        MADE,
        "after_appeal",
        [each for each in parties if each.added_at <= now],
        [
            AppealTimes(
                each.account_id, None, each.filed_at, each.over_at if each.over_at and each.over_at <= now else None,
                each.judged and bool(each.over_at and each.over_at <= now),
            )
            for each in appeals
            if each.filed_at <= now
        ],
    )  # fmt: skip
    then = public_since(known)
    if then is not None and then <= now:
        assert public_since(Times(MADE, "after_appeal", parties, appeals)) == then


def test_bands():
    assert [band(each) for each in (0, 1, 9, 10, 99, 100, 12345)] == [
        "0", "1-9", "1-9", "10-99", "10-99", "100-999", "10000-99999",
    ]  # fmt: skip
