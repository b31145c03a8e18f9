"""Modules stay small, named after one concept, and state their promise."""

from __future__ import annotations

import ast
import re

import pytest
from tests.architecture.tree import SOURCE, modules

LONGEST = 500
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "services", "managers", "core", "misc"}


def test_no_module_is_longer_than_the_fault_line():
    assert not {module.name: module.lines for module in modules() if module.lines > LONGEST}


def test_no_module_is_named_after_nothing():
    named = [path for path in SOURCE.rglob("*") if path.stem in NAMES_OF_NOTHING]
    assert not named


def needs_promise(module) -> bool:
    inside = module.name.split("/")
    return inside[-1] != "apps.py" and "migrations" not in inside and bool(module.text.strip())


@pytest.mark.parametrize("module", [m for m in modules() if needs_promise(m)], ids=lambda module: module.name)
def test_a_module_begins_with_a_full_sentence(module):
    promise = (ast.get_docstring(module.tree()) or "").partition("\n\n")[0].replace("\n", " ")
    assert re.match(r"^[`\"'*A-Z]", promise), "the docstring begins with a sentence"
    assert promise.endswith((".", ":", "?")), f"it begins with a whole sentence: {promise!r}"
    assert len(promise.split()) >= 3
