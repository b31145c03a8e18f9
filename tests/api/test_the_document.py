"""The OpenAPI document is committed, complete, and the same on every machine."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT, SOURCE

from fairpost.api.application import API, document
from fairpost.api.snapshot import snapshot

OPERATIONS = [
    (method, path, operation) for path, methods in document()["paths"].items() for method, operation in methods.items()
]
NAMES = [operation["operationId"] for _method, _path, operation in OPERATIONS]


def test_it_is_as_committed():
    committed = (ROOT / "docs/reference/openapi.json").read_text(encoding="utf-8")
    assert committed == snapshot(), "run `python -m fairpost.api.snapshot` and look at the difference"


def test_it_is_openapi_3_1():
    assert document()["openapi"].startswith("3.1.")


def test_it_says_nothing_of_this_machine():
    assert document()["servers"] == []
    assert not re.search(r"localhost|127\.0\.0\.1|/tmp|/home", json.dumps(document()))


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does():
    assert len(set(NAMES)) == len(NAMES)
    for _method, path, operation in OPERATIONS:
        assert operation["tags"], path
        assert operation["description"].endswith((".", ". Needs a key of the installation.", '"...')), operation


def test_every_operation_needs_a_key_and_tells_its_problems():
    for method, path, operation in OPERATIONS:
        assert operation["security"], path
        assert {"401", "404", "422", "429", "500", "503"} <= set(operation["responses"]), path
        if method != "get":
            assert {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"]
            assert {"400", "409", "413", "415"} <= set(operation["responses"])


def test_what_belongs_to_an_account_is_below_it():
    """Below no account is only what is the installation's, or the caller's own."""
    outside = {path.split("/")[3] for _method, path, _operation in OPERATIONS if "{account_id}" not in path}
    assert outside == {
        "accounts", "destinations", "edges", "events", "hooks", "keys", "organisations", "people", "platform-keys",
        "relays", "self", "senders", "starters",
        # Enforcement reaches over accounts; what an account sees of it is its own, and what is public.
        "appeals", "audit", "brakes", "cases", "clearances", "content-classes", "coverage-previews", "decisions",
        "held", "interim-holds", "key-dates", "measures", "notices", "orders", "policies", "register", "reports",
        "risk-periods", "second-looks", "statements", "transparency", "transparency.csv", "trusted-reporters",
    }  # fmt: skip


def test_every_reference_leads_somewhere():
    text = json.dumps(document())
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        place = document()
        for part in reference.split("/"):
            assert part in place, reference
            place = place[part]


def test_no_two_schemas_have_one_name():
    """The document has one entry for a name: of two, one would be described as the other."""
    names = [
        name
        for path in Path(SOURCE / "api/schemas").glob("*.py")
        for name in re.findall(r"^class (\w+)", path.read_text(), re.MULTILINE)
    ]
    assert len(set(names)) == len(names)


def handlers() -> list:
    return [
        operation.view_func
        for router in API._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]


@pytest.mark.parametrize("handler", handlers(), ids=lambda each: each.__name__)
def test_handlers_translate_and_decide_nothing(handler):
    """Ten lines at most, behind the docstring."""
    lines = inspect.getsource(handler).split('"""', 2)[2].strip().splitlines()
    assert len(lines) <= 10
