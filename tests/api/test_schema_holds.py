"""Made-up requests, good and bad ones, get answers that the OpenAPI document knows, and never a 5xx."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from tests.builders.api import operator_program, program
from tests.builders.campaigns import make_author
from tests.builders.mails import signing_relay
from tests.builders.tenants import make_joint_sender, make_person

from fairpost.api.application import document
from fairpost.api.schemas.fields import HIGHEST
from fairpost.runtime.wsgi import application

EXAMPLES = 5
PARTS = 4  # for as many processes
ASK_DNS = {"check_identity", "activate_dkim_key", "activate_platform_key"}  # only with ids that nothing has
# What fits the schema may still be refused: another thing has the name, the campaign is a draft.
EXCLUDED = [checks.positive_data_acceptance, checks.ensure_resource_availability, checks.use_after_free]


@dataclass
class Place:
    """Keys to call with, and ids that exist."""

    key: str
    operations_key: str
    ids: dict[str, int]


@pytest.fixture
def place(committed, settings) -> Place:
    """An account with one of each, and no pace in the way."""
    settings.FAIRPOST = replace(settings.FAIRPOST, api_requests_per_minute=10**9)
    signing_relay()
    author = make_author()
    author.crowd(3)
    ada = program(author.tenant)
    joint, members = make_joint_sender(author.tenant)
    options = json.dumps({"consent": "form"})
    ids = {
        "account_id": author.account_id,
        "unit_id": author.tenant.unit_id,
        "organisation_id": members[0],
        "joint_sender_id": joint,
        "person_id": make_person(author.account_id, "Ben", "author").person_id or 0,
        "identity_id": author.identity_id,
        "list_id": ada.made("lists", {"name": "News"})["list_id"],
        "import_id": ada.upload("imports", b"email\nb@x.example\n", options=options).data["import_id"],
        "segment_id": ada.made("segments", {"name": "Italy", "condition": 'country = "IT"'})["segment_id"],
        "template_id": ada.get("templates").data["items"][0]["id"],
        "version_id": author.version_id,
        "campaign_id": author.campaign(),
    }
    return Place(ada.key, operator_program().key, ids)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
def test_every_answer_is_one_that_the_document_knows(place, mode, part):
    schema = schemathesis.openapi.from_dict(document())
    schema.app = application
    schema.config.generation.update(with_security_parameters=False)  # every request here has its key
    failures = []
    for found in list(schema.get_all_operations())[part::PARTS]:
        operation = found.ok()
        try:
            tried(operation, place, mode)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # nothing can be wrong with it
        except (Exception, BaseExceptionGroup) as failure:
            failures.append(f"{operation.label}: {failure}")
    assert not failures, f"{len(failures)} operations:\n\n" + "\n\n".join(failures)


def tried(operation, place: Place, mode: GenerationMode) -> None:
    """Calls one operation with a few made-up requests."""

    ids = {} if operation.definition.raw["operationId"] in ASK_DNS else place.ids

    @given(case=operation.as_strategy(generation_mode=mode))
    @bounds(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def once(case) -> None:
        for name, value in list((case.path_parameters or {}).items()):
            # A number that fits the schema becomes one that exists, so that requests get past the first door.
            if name in ids and isinstance(value, int) and 0 < value <= HIGHEST:
                case.path_parameters[name] = ids[name]
        key = place.key if "{account_id}" in operation.path else place.operations_key
        headers = {"Authorization": f"Bearer {key}", "Host": "localhost"}
        case.call_and_validate(headers=headers, excluded_checks=EXCLUDED)

    once()
