"""The commands of policies and classes do what the actions do, and print what a script can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.builders.policies import CATEGORY, make_class, make_clause, policy_manager
from tests.builders.tenants import make_account
from tests.enforcement.classes.conftest import Mail, ada, mail

from fairpost.cli import content_class, policy
from fairpost.kernel.errors import FairpostError, Forbidden, Invalid, NotFound
from fairpost.tenants.actions.create_api_key import create_api_key

pytestmark = pytest.mark.django_db
__all__ = ["ada", "mail"]  # fixtures


def call(command: Any, *arguments: str, as_json: bool = True) -> Any:
    result = CliRunner().invoke(command, [*arguments, *(["--json"] if as_json else [])])
    if isinstance(result.exception, FairpostError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if as_json else result.stdout


@pytest.fixture
def pia(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts with a personal key of an operator."""
    actor = policy_manager()
    issued = create_api_key(actor=actor, account_id=None, name="pia", person_id=actor.person_id)
    monkeypatch.setenv("FAIRPOST_API_KEY", issued.key)


@pytest.fixture
def text(tmp_path: Path) -> str:
    file = tmp_path / "text.txt"
    file.write_text("\ufeffA title\r\n\r\nA text.\r\n")
    return str(file)


def test_the_starter_policy_is_published_listed_and_shown():
    made = call(policy.command, "install-starter")
    assert [each["label"] for each in made][:2] == ["violence@1", "hate@1"]
    assert call(policy.command, "install-starter") == []
    assert len(call(policy.command, "list")) == 6
    shown = call(policy.command, "show", "fraud", "--language", "it", as_json=False)
    assert "Frode e phishing" in shown and "- chiedere con un pretesto password" in shown
    with pytest.raises(NotFound):
        call(policy.command, "show", "nothing")


def test_a_version_is_published_from_files(pia: None, text: str):
    first = call(policy.command, "publish", "own", "--text", f"en={text}", "--category", CATEGORY)
    assert (first["label"], first["texts"]) == ("own@1", {"en": {"title": "A title", "text": "A text."}})
    later = ("--from", "2999-01-01T00:00+01:00")
    call(policy.command, "publish", "own", "--text", f"fr={text}", "--category", CATEGORY, *later)
    listed = call(policy.command, "versions", "own")
    assert [each["label"] for each in listed] == ["own@2", "own@1"]
    assert listed[1]["effective_to"] == listed[0]["effective_from"] == "2998-12-31 23:00:00+00:00"
    assert [each["label"] for each in call(policy.command, "list", "--at", "2999-01-01T00:00+01:00")] == ["own@2"]


WRONG = [
    (["--text", "en"], "--text"),
    (["--text", "en={text}", "--text", "en={text}"], "--text"),
    (["--text", "en={text}.no"], "file"),
    (["--text", "en={text}", "--from", "2999-01-01"], "--from"),
    (["--text", "en={text}", "--from", "soon"], "--from"),
]


@pytest.mark.parametrize(("options", "field"), WRONG)
def test_a_wrong_option_is_named(pia: None, text: str, options: list[str], field: str):
    given = [each.format(text=text) for each in options]
    with pytest.raises(Invalid) as caught:
        call(policy.command, "publish", "own", *given, "--category", CATEGORY)
    assert caught.value.field == field


def test_who_is_no_person_publishes_nothing(text: str):
    with pytest.raises(Forbidden, match="personal key"):
        call(policy.command, "publish", "own", "--text", f"en={text}", "--category", CATEGORY)


def test_a_class_is_made_shown(pia: None, text: str, tmp_path: Path):
    rule = tmp_path / "rule.json"
    rule.write_text('{"phrases": ["fight like hell"]}')
    made = call(content_class.command, "create", "fights", "--rule", str(rule), "--text", f"en={text}")
    assert made["label"] == "fights@1" and made["created_by_person_id"]
    assert [each["label"] for each in call(content_class.command, "list")] == ["fights@1"]
    assert '"fight like hell"' in call(content_class.command, "show", "fights", as_json=False)
    rule.write_text('{"phrases": [}')
    with pytest.raises(Invalid, match="line 1, column 14"):
        call(content_class.command, "create", "fights", "--rule", str(rule), "--text", f"en={text}")


def test_a_class_is_tried_on_a_mail(ada: Any, mail: Mail):
    make_class({"phrases": ["fight like hell"]}, "fights")
    inside = ("--account", str(ada.account_id))
    found, other = mail("<p>We fight <b>like</b> hell.</p>"), mail("<p>Hello</p>")
    tried = call(content_class.command, "try", "fights", str(found), *inside)
    assert (tried["matched"], tried["because"]) == (True, ["phrase:fight like hell"])
    shown = call(content_class.command, "try", "fights@1", str(found), *inside, as_json=False)
    assert shown.startswith("It falls under fights@1: phrase:fight like hell.")
    assert "html: We fight like hell." in shown
    assert "does not fall under" in call(content_class.command, "try", "fights", str(other), *inside, as_json=False)


def test_an_owner_reads_the_policy_and_not_the_rules(monkeypatch: pytest.MonkeyPatch):
    tenant = make_account()
    make_clause()
    make_class({"asks_donation": True}, "asks")
    issued = create_api_key(
        actor=tenant.owner, account_id=tenant.account_id, name="ada", person_id=tenant.owner.person_id
    )
    monkeypatch.setenv("FAIRPOST_API_KEY", issued.key)
    assert [each["code"] for each in call(policy.command, "list")] == ["violence"]
    for arguments in (["list"], ["show", "asks"]):
        with pytest.raises(Forbidden):
            call(content_class.command, *arguments)
