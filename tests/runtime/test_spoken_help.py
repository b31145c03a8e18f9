"""Help and click's own sentences come in the language of the process, and cost the list of commands nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fairpost.cli.output import emit
from fairpost.kernel.text import in_language
from fairpost.runtime.entry import load
from fairpost.runtime.messages import TRANSLATED, read_catalogue
from fairpost.runtime.reference import below
from fairpost.runtime.registry import BY_NAME
from fairpost.runtime.spoken import texts


def fairpost(*arguments, **environment):
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "fairpost.runtime", *arguments],
        env=inherited | {"FAIRPOST_DATA_DIR": "/nonexistent/fairpost"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def translation(language, sentence):
    return read_catalogue(language).get(sentence).string


def words(text):
    """The text without the line breaks that the width of a terminal makes."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_list_of_commands_is_translated(language):
    said = fairpost("--help", FAIRPOST_LANGUAGE=language).stdout
    for english in ("Create, send, pause and follow campaigns.", "Show this message and exit.", "Commands", "Usage:"):
        assert translation(language, english) in said
        assert english not in said


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_commands_help_and_its_options_are_translated(language):
    said = words(fairpost("contacts", "import", "--help", FAIRPOST_LANGUAGE=language).stdout)
    with in_language("en"):
        english = texts(load(BY_NAME["contacts"]).commands["import"])
    assert len(english) > 10
    for sentence in english:
        assert words(translation(language, sentence)) in said
        assert words(sentence) not in said


@pytest.mark.parametrize("language", TRANSLATED)
def test_wrong_use_is_told_in_the_language(language):
    done = fairpost("db", "nonsense", FAIRPOST_LANGUAGE=language)
    assert done.returncode == 2
    expected = translation(language, "No such command {name!r}.").format(name="nonsense")
    assert translation(language, "Error: {message}").format(message=expected) in done.stderr


def test_translation_changes_no_command_for_the_next_language():
    with in_language("fr"):
        french = load(BY_NAME["campaign"])
    with in_language("it"):
        italian = load(BY_NAME["campaign"])
    english = load(BY_NAME["campaign"])
    for (path, one), (_path, two), (_path, three) in zip(
        below("campaign", french), below("campaign", italian), below("campaign", english), strict=True
    ):
        assert len({one.help, two.help, three.help}) == 3, path


def test_people_read_names_and_states_in_their_language_and_programs_in_english(capsys):
    row = {"state": "paused", "possibly_doubled": False}
    with in_language("fr"):
        emit(row, False)
        assert words(capsys.readouterr().out) == "état en pause peut-être en double non"
        emit([row], False)
        assert words(capsys.readouterr().out) == "état peut-être en double en pause non"
        emit([row], True)
    assert capsys.readouterr().out == '[{"state": "paused", "possibly_doubled": false}]\n'
