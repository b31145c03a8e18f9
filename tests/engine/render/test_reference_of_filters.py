"""The reference of templates names every filter, tag and limit that there is, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from fairpost.engine.render import limits
from fairpost.engine.render.filters import FILTER_NAMES
from fairpost.engine.render.grammar import TAGS

REFERENCE = (Path(__file__).parents[3] / "docs/reference/templates.md").read_text()


def section(title):
    return REFERENCE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_filter_is_documented_and_no_other():
    rows = re.findall(r"^\| (.*?) \|", section("Filters"), re.MULTILINE)
    named = {name for row in rows[2:] for name in re.findall(r"`(\w+)[^`]*`", row)}
    assert named == FILTER_NAMES


def test_every_tag_is_documented():
    named = set(re.findall(r"`([\w#]+)`", section("Tags")))
    offered = {each.name for each in TAGS} | {"capture"}
    assert named - {"include", "render", "raw"} == {each for each in offered if re.fullmatch(r"[a-z]+|#", each)} - {
        "content",
        "illegal",
    }


def test_every_limit_is_documented():
    numbers = {float(each.replace(",", "")) for each in re.findall(r"\d[\d,.]*\d|\d+", section("Limits"))}
    held = {
        limits.MOST_SOURCE,
        limits.MOST_OUTPUT,
        limits.MOST_TAGS,
        limits.MOST_TAG,
        limits.MOST_NESTING,
        limits.MOST_FILTERS,
        limits.MOST_ITERATIONS,
        limits.MOST_VALUE,
        limits.MOST_ASSIGNED,
        limits.MOST_SECONDS,
    }
    assert numbers - {10} == held
