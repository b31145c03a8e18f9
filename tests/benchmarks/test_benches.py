"""The benches run as anyone would start them, print figures that can be read, and fail when a figure does not hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from benchmarks.figure import Figure, limit, rate, report


def bench(tmp_path, *arguments: str) -> tuple[int, list[dict]]:
    environment = {**os.environ, "FAIRPOST_BENCH_DIR": str(tmp_path)}
    for name in ("DATABASE_URL", "FAIRPOST_DATA_DIR", "FAIRPOST_DATABASE_URL"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "fairpost.runtime", "bench", *arguments, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.stdout, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_figure_holds_when_it_reaches_its_part_of_the_ceiling():
    assert rate("r", 80, "x/s", 100, 0.8).holds and not rate("r", 79, "x/s", 100, 0.8).holds
    assert limit("l", 3, "s", 3).holds and not limit("l", 3.1, "s", 3).holds
    growth = Figure("g", 1.2, "ratio", 100, 1.2, 1.1, at_most=True)
    assert not growth.holds


def test_the_exit_code_says_whether_all_figures_hold(capsys):
    assert report([limit("a", 1, "s", 2)]) == 0
    assert report([limit("a", 1, "s", 2), limit("b", 3, "s", 2)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["holds"] for line in lines] == [True, True, False]
    assert {"name", "value", "unit", "ceiling", "ratio", "must_reach", "holds"} <= set(lines[0])


def test_send_counts_every_recipient_at_the_sink(short_folder):
    _status, [figure] = bench(short_folder, "send", "--signed", "--size", "6000", "--messages", "3000")
    assert (figure["recipients"], figure["lost"], figure["doubled"], figure["accounted"]) == (3000, 0, 0, 3000)
    assert figure["ceiling"] > 0 and figure["ratio"] == pytest.approx(figure["value"] / figure["ceiling"], rel=1e-3)
    assert 5000 < figure["octets"] < 7000


def test_kills_lose_nobody_and_name_what_they_double(short_folder):
    status, figures = bench(short_folder, "crash", "--kills", "1", "--messages", "12000", "--seed", "3")
    found = {each["name"]: each["value"] for each in figures}
    assert found["crash lost"] == 0 and found["crash unaccounted"] == 0
    assert found["crash doubled and not named"] == 0 and found["crash doubled with another Message-ID"] == 0
    assert status == 0


def test_an_unknown_bench_is_wrong_use():
    command = [sys.executable, "-m", "fairpost.runtime", "bench", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stderr
