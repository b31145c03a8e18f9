"""Every sentence for people can be translated, is translated, and keeps its placeholders."""

from __future__ import annotations

import ast
import string

import pytest
from tests.architecture.tree import modules

from fairpost.kernel.text import CATALOGUES, catalogue
from fairpost.runtime.messages import TRANSLATED, marked, read_catalogue, sentences


def test_only_plain_sentences_are_marked():
    """What `_` gets must be the sentence itself: filled or joined text is in no catalogue."""
    wrong = [
        f"{module.name}:{call.lineno}"
        for module in modules()
        for call in marked(module.tree())
        if isinstance(call.args[0], (ast.JoinedStr, ast.BinOp, ast.Call))
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_has_exactly_the_sentences_of_the_source(language):
    known = {message.id for message in read_catalogue(language) if message.id}
    assert known == set(sentences()), "run `make messages`"


@pytest.mark.translations
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language):
    missing = [message.id for message in read_catalogue(language) if message.id and not message.string]
    assert not missing, f"{len(missing)} to translate:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders(language):
    wrong = [
        (message.id, message.string)
        for message in read_catalogue(language)
        if message.id and message.string and placeholders(message.id) != placeholders(message.string)
    ]
    assert not wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_binary_catalogue_is_that_of_the_text(language):
    catalogue.cache_clear()
    running = catalogue(language)
    stale = [
        message.id
        for message in read_catalogue(language)
        if message.id and message.string and running.gettext(message.id) != message.string
    ]
    assert (CATALOGUES / language / "fairpost.mo").exists()
    assert not stale, "run `make messages`"


def placeholders(text: str) -> list[tuple[str, str, str]]:
    """Name, conversion and format of each; a text that is no format (a lone brace) has none."""
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        return []
    return sorted((name, conversion or "", spec or "") for _text, name, spec, conversion in fields if name is not None)
