"""An audience says what it says, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from fairpost.kernel.errors import Invalid
from fairpost.segments.audience import Audience


def test_json_there_and_back():
    audience = Audience(lists=(1, 2), exclude_segments=(3,))
    assert Audience.from_json(audience.to_json()) == audience


@pytest.mark.parametrize(
    "data", [{"lists": "12"}, {"lists": [True]}, {"lists": ["1"]}, {"everyone": 1}, {"list": [1]}, {"segments": None}]
)
def test_anything_else_is_refused(data):
    with pytest.raises(Invalid):
        Audience.from_json(data)
