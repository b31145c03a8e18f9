"""What replies of mail systems mean, one by one, as they are published."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fairpost.engine.outcomes.evidence import Evidence
from fairpost.engine.outcomes.failed_recipient import CLASSES, HARD
from fairpost.engine.outcomes.verdict import judge, table

TEXTS = [
    line
    for line in (Path(__file__).parent / "reply_texts.csv").read_text(encoding="utf-8").splitlines()
    if line[:1] != "#"
]


@pytest.mark.parametrize(
    "row", list(csv.DictReader(TEXTS, restkey="rest")), ids=lambda row: (row["reply"] or row["status"])[:60]
)
def test_a_reply_gets_its_class(row):
    reply = ",".join([row["reply"], *row.get("rest", [])])
    judged = judge(Evidence("ada@example.org", reply, status=row["status"], stage=row["stage"]))
    assert judged.cls == row["class"]
    assert judged.hard == (row["class"] in HARD)


def test_each_row_of_the_table_names_a_class_and_how_sure_it_is():
    for row in table():
        assert row.cls in CLASSES
        assert 0 < row.sure <= 1
