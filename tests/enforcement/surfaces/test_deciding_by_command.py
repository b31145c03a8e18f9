"""By command: an approver reads everything in words, and each hand needs its own key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.builders.enforcement import make_staff
from tests.builders.tenants import make_account, make_identity
from tests.enforcement.surfaces.conftest import key_of, new_decision, suspension

from fairpost.cli import account, case, decision, held, measure
from fairpost.enforcement.appeals.states import ACTS as APPEAL_ACTS
from fairpost.enforcement.appeals.states import APPEAL, OUTCOMES
from fairpost.enforcement.catalogue.states import HELD_CAMPAIGN, MEASURE
from fairpost.kernel.errors import Conflict, FairpostError, Forbidden, Invalid
from fairpost.kernel.states import IN_WORDS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`acting(actor)` puts a personal key of theirs into the environment."""
    return lambda who: monkeypatch.setenv("FAIRPOST_API_KEY", key_of(who))


def call(command: Any, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    if isinstance(result.exception, FairpostError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def draft(tmp_path: Path) -> Any:
    """`draft(**changes)` is the name of a file that holds one."""

    def write(*measures: dict[str, Any], **changes: Any) -> str:
        file = tmp_path / "draft.json"
        file.write_text(json.dumps(new_decision(*measures, **changes)["draft"]))
        return str(file)

    return write


def test_from_a_case_to_a_measure_and_back(acting: Any, draft: Any, tmp_path: Path):
    staff, ada = make_staff(), make_account("lake")
    make_identity(ada, "news@lake.example")
    mail = tmp_path / "mail.txt"
    mail.write_text("Take the square by force.")
    acting(staff.mara)
    number = call(case.command, "open", "Look at this", "--account", "lake").split()[-1]
    call(case.command, "add", number, str(mail), "--reference", "campaign:1")
    made = call(decision.command, "propose", number, draft(suspension(ada.account_id)), "--clause", "consent")
    version, label = word(made, "version"), word(made, "decision")
    assert "account " + str(ada.account_id) in made and "sending is suspended" in made and "another person" in made
    with pytest.raises(Forbidden):
        call(decision.command, "approve", label, "--version", version)
    acting(staff.noor)
    with pytest.raises(Conflict, match="opened the evidence"):
        call(decision.command, "approve", label, "--version", version)
    assert "Take the square by force." in call(case.command, "evidence", number)
    assert "fairpost decision activate" in call(decision.command, "approve", label, "--version", version)
    acting(staff.mara)
    assert "Campaigns held: 0." in call(decision.command, "activate", label)
    status = call(account.command, "status", "--account", "lake")
    assert "off: sending" in status and "the platform" in status and "unsubscribing" in status
    assert call(held.command, "list") == "none\n"
    acting(staff.noor)
    (measured,) = json.loads(call(decision.command, "show", label, "--json"))["measures"]
    assert "lifted" in call(measure.command, "lift", measured["label"], "--reason", "a quotation")
    with pytest.raises(Conflict, match="is lifted: it cannot be lifted"):
        call(measure.command, "lift", measured["label"], "--reason", "again")
    assert label in call(case.command, "list")


WRONG = [
    ({"facts": 5}, "facts must be a text"),
    ({"responsible": "everybody"}, "responsible must be a list"),
    ({"responsible": ["one"]}, "responsible must be a number"),
    ({"automated_detection": "no"}, "true or false"),
    ({"measures": ["stop"]}, "measures.0 must be an object"),
    ({"measures": [suspension(1, scope=[])]}, "scope must be an object"),
    ({"measures": [suspension(1, duration={})]}, "state its kind"),
    ({"measures": [suspension(1, duration={"kind": "until", "review_days": "x"})]}, "review_days must be a number"),
    ({"measures": [suspension(1, strike="yes")]}, "strike must be true or false"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_a_file_with_a_value_of_the_wrong_form_is_refused_with_its_place(
    acting: Any, draft: Any, change: dict[str, Any], said: str
):
    staff = make_staff()
    acting(staff.mara)
    number = call(case.command, "open", "Look at this").split()[-1]
    with pytest.raises(Invalid, match=said):
        call(
            decision.command, "propose", number, draft(**{"measures": [suspension(1)], **change}), "--clause", "consent"
        )


def test_every_state_and_act_has_a_word():
    states = {*MEASURE, *APPEAL, *HELD_CAMPAIGN, *OUTCOMES, *APPEAL_ACTS} - {""}
    states |= {act for acts in (*MEASURE.values(), *HELD_CAMPAIGN.values()) for act in acts}
    assert states - IN_WORDS.keys() == set()


def word(text: str, field: str) -> str:
    return next(line.split()[-1] for line in text.splitlines() if line.startswith(field + " "))
