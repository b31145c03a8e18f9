"""The locks hold versions and hashes, and nothing about where they were made."""

from __future__ import annotations

import re

import pytest
from tests.architecture.tree import ROOT

REQUIREMENTS = ROOT / "requirements"
LOCKS = ["app.txt", "dev.txt"]


def entries(lock: str) -> dict[str, str]:
    """Package and its whole entry, hashes included."""
    text = (REQUIREMENTS / lock).read_text()
    parts = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    return {re.split(r"[=\[ ]", part, maxsplit=1)[0].lower(): part for part in parts if part[:1].isalnum()}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_version_and_hashes(lock):
    for name, entry in entries(lock).items():
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ]+ ", entry), name
        assert "--hash=sha256:" in entry, name


@pytest.mark.parametrize("lock", LOCKS)
def test_no_line_says_where_a_package_came_from(lock):
    for line in (REQUIREMENTS / lock).read_text().splitlines():
        assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|--trusted|@ ", line), line
        assert not re.search(r"(^|\s)/\w", line), line


def test_the_tests_run_with_the_same_versions_as_the_program():
    tested = entries("dev.txt")
    for name, entry in entries("app.txt").items():
        assert name in tested
        assert tested[name].split()[0] == entry.split()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wanted_package_is_locked(lock):
    wanted = (REQUIREMENTS / lock.replace(".txt", ".in")).read_text().splitlines()
    names = [re.split(r"[\[<>=]", line)[0].lower() for line in wanted if line and line[0].isalnum()]
    assert set(names) <= set(entries(lock))
