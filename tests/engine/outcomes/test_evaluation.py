"""The reading of bounces is held against real ones, and the figures that were promised are reached."""

from __future__ import annotations

import csv

import pytest
from tests.architecture.tree import ROOT

from fairpost.engine.outcomes.evaluation import Expected, evaluate, origin_of
from fairpost.engine.outcomes.failed_recipient import FailedRecipient
from fairpost.engine.outcomes.returned import Returned, read_returned

CORPORA = ROOT.parent / "shared" / "corpora"


@pytest.fixture(scope="module")
def result():
    if not (CORPORA / "bounces" / "expected.csv").is_file():
        pytest.skip(f"the test material {CORPORA / 'bounces'} is not here")
    with (CORPORA / "bounces" / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = [Expected(row["kind"], row["file"], row["class"], row["hard"] == "true") for row in csv.DictReader(file)]
    files = {(row.kind, row.file) for row in rows}
    return evaluate(rows, {each: read_returned((CORPORA / each[0] / each[1]).read_bytes()) for each in files})


def test_failed_recipients_are_found_and_classed(result):
    figures = result.kinds["bounces"].figures()
    assert figures["found_share"] >= 0.98
    assert figures["hard_precision"] >= 0.95
    assert figures["hard_recall"] >= 0.95
    assert figures["class_accuracy"] >= 0.85
    assert figures["extra"] <= 0.02 * figures["rows"]


def test_all_complaints_are_found_and_nothing_else_is_one(result):
    counts = result.kinds["complaints"]
    assert counts.complaints_found == counts.complaints > 0
    assert counts.left_alone == 1  # auth-failure, by its own Feedback-Type


def failed(cls: str, hard: bool = False) -> FailedRecipient:
    return FailedRecipient("ada@example.org", "", "", cls, hard, 0.9, "", "")  # type: ignore[arg-type]


def test_rows_and_failures_are_paired_by_class_and_what_is_left_is_extra():
    rows = [Expected("bounces", "x-01.eml", "unknown_user", True), Expected("bounces", "x-01.eml", "policy", False)]
    read = Returned("bounce", (failed("policy"), failed("mailbox_full"), failed("unknown_host", True)))
    figures = evaluate(rows, {("bounces", "x-01.eml"): read}).all.figures()
    assert (figures["rows"], figures["found"], figures["extra"]) == (2, 2, 1)
    assert figures["class_accuracy"] == 0.5
    assert (figures["hard_precision"], figures["hard_recall"]) == (0.0, 0.0)  # the hard one that was said is the extra


def test_a_file_in_which_nothing_was_found_counts_as_missing():
    rows = [Expected("bounces", "x-01.eml", "unknown_user", True)]
    figures = evaluate(rows, {("bounces", "x-01.eml"): Returned("other")}).all.figures()
    assert (figures["found"], figures["hard_recall"], figures["hard_precision"]) == (0, 0.0, None)


@pytest.mark.parametrize(
    ("file", "origin"),
    [("lhost-amazonses-07.eml", "lhost-amazonses"), ("arf-1.eml", "arf"), ("plain.eml", "plain"), ("a-b", "a-b")],
)
def test_the_origin_is_what_stands_before_the_number(file, origin):
    assert origin_of(file) == origin
