"""Cutting a frozen audience into batches loses nobody and doubles nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from fairpost.delivery.plan import SPAN, slices

ORDINALS = st.sets(st.integers(1, 60_000) | st.integers(2**31 - 9000, 2**31 - 1), max_size=300)


@given(ORDINALS)
def test_batches_are_a_partition_of_the_audience(ordinals):
    cut = list(slices(BitMap(ordinals)))
    together = [ordinal for _number, part in cut for ordinal in part]
    assert together == sorted(ordinals)
    assert all(part and {ordinal // SPAN for ordinal in part} == {number} for number, part in cut)
    assert [number for number, _part in cut] == sorted({number for number, _part in cut})


def test_an_empty_audience_has_no_batches():
    assert list(slices(BitMap())) == []
