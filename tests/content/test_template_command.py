"""What an author types: check a file, keep a draft, freeze it, look at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.builders.content import mjml, page
from tests.content.conftest import World

from fairpost.cli.template import command


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--account", str(world.ada.account_id)])


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output + str(result.exception)
    return json.loads(result.stdout)


def test_check_prints_findings_as_compilers_do_and_fails_for_errors(world: World, tmp_path: Path):
    file = tmp_path / "mail.mjml"
    file.write_text(mjml('<mj-image src="https://a.example/i.png" />\n<mj-texte>x</mj-texte>'))
    result = run(world, "check", str(file))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f'{file}:2:1: warning: This image has no alternative text; write alt="..." (alt="" for mere decoration).'
        " [image-alt]",
        f"{file}:3:1: error: There is no MJML element mj-texte. [mjml]",
    ]


def test_check_of_a_good_file_ends_with_0(world: World, tmp_path: Path):
    file = tmp_path / "mail.html"
    file.write_text(page('<img src="https://a.example/i.png">'))
    assert run(world, "check", str(file)).exit_code == 0
    assert [each["code"] for each in answer(run(world, "check", str(file), "--json"))["findings"]] == ["image-alt"]


def test_from_starter_to_preview(world: World, tmp_path: Path):
    made = answer(run(world, "create", "Appeal", "--starter", "letter", "--subject", "Hi {{ first_name }}", "--json"))
    assert made["subject"] == "Hi {{ first_name }}"
    assert [each["name"] for each in answer(run(world, "list", "--json"))] == ["Appeal"]
    saved = answer(run(world, "save-version", "Appeal", "--identity", str(world.identity), "--json"))
    assert [each["id"] for each in answer(run(world, "versions", "Appeal", "--json"))] == [saved["id"]]
    out = tmp_path / "out.html"
    shown = answer(run(world, "preview", str(saved["id"]), "--set", "first_name=Zoë", "--html", str(out), "--json"))
    assert shown["subject"] == "Hi Zoë"
    assert "Dear Zoë," in out.read_text()


def test_edit_reads_files_and_leaves_the_rest(world: World, tmp_path: Path):
    (tmp_path / "page.html").write_text("\ufeff" + page("<p>new</p>"), encoding="utf-8")
    run(world, "create", "News", "--starter", "letter")
    answer(run(world, "edit", "News", "--html", str(tmp_path / "page.html"), "--json"))
    shown = answer(run(world, "show", "News", "--json"))
    assert shown["html"] == page("<p>new</p>")
    assert shown["mjml"] == ""
    assert shown["subject"] == "A word about Sunday"


@pytest.mark.parametrize("arguments", [["show", "Nope"], ["preview", "99999"], ["create", "x", "--starter", "nope"]])
def test_what_does_not_exist_is_said_so(world: World, arguments: list[str]):
    result = run(world, *arguments)
    assert "There is no" in str(result.exception)
