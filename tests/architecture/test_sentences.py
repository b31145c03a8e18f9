"""Every sentence for people can be translated, is translated, and keeps its placeholders."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

import pytest
from tests.architecture.tree import modules

from fairpost.campaigns.models.campaign import Campaign
from fairpost.contacts.models.contact_import import STATES as IMPORT_STATES
from fairpost.delivery.models.relay import Relay
from fairpost.engine.journal.record import STATES as RECIPIENT_STATES
from fairpost.kernel.states import IN_WORDS
from fairpost.kernel.text import CATALOGUES, catalogue
from fairpost.runtime import messages
from fairpost.runtime.messages import TRANSLATED, marked, read_catalogue, sentences
from fairpost.runtime.spoken import ASKS_GETTEXT, CLICKS_OWN


def test_only_plain_sentences_are_marked():
    """What `_` gets must be the sentence itself: filled or joined text is in no catalogue."""
    wrong = [
        f"{module.name}:{call.lineno}"
        for module in modules()
        for call in marked(module.tree())
        if isinstance(call.args[0], (ast.JoinedStr, ast.BinOp, ast.Call))
    ]
    assert not wrong, wrong


def test_nothing_is_translated_when_a_module_is_imported():
    """It would stay in the language of that moment; a table marks its sentences and they are translated when shown."""
    wrong = [
        f"{module.name}:{call.lineno}"
        for module in modules()
        for call in marked(at_import(module.tree()))
        if isinstance(call.func, ast.Name) and call.func.id == "_"
    ]
    assert not wrong, wrong


def at_import(tree: ast.Module) -> ast.Module:
    """The module without the bodies of its functions."""

    class Emptied(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            node.body = [ast.Pass()]
            return self.generic_visit(node)

        visit_AsyncFunctionDef = visit_FunctionDef

        def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
            return ast.Constant(None)

    return Emptied().visit(tree)


def test_every_state_has_its_word():
    states = {*Campaign.State.values, *Relay.State.values, *IMPORT_STATES, *RECIPIENT_STATES}
    assert states - set(IN_WORDS) == set()


def test_clicks_own_sentences_are_those_of_the_installed_click():
    said = {text for module in ASKS_GETTEXT for text in texts_of(module.__file__)}
    assert CLICKS_OWN - said == set()


def texts_of(path: str) -> Iterator[str]:
    with open(path) as file:
        tree = ast.parse(file.read())
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize("language", TRANSLATED)
def test_making_the_catalogues_again_changes_nothing(language, tmp_path, monkeypatch):
    """Not even on another day: a change in them is always a change of sentences."""
    made = CATALOGUES / language
    monkeypatch.setattr(messages, "CATALOGUES", tmp_path)
    (tmp_path / language).mkdir()
    (tmp_path / language / "fairpost.po").write_bytes((made / "fairpost.po").read_bytes())
    messages.write(language, messages.updated(language))
    for name in ("fairpost.po", "fairpost.mo"):
        assert (tmp_path / language / name).read_bytes() == (made / name).read_bytes(), "run `make messages`"


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
