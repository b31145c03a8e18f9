"""Sentences come in the language of the context, and English wherever nothing better is known."""

from __future__ import annotations

import threading

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from fairpost.kernel import text
from fairpost.kernel.text import _, current_language, in_language, set_process_language, use_language


@pytest.fixture(autouse=True)
def small_catalogues(tmp_path, monkeypatch):
    for language, sentence in (("fr", "Il n'y a pas de compte {name}."), ("it", "Non esiste il conto {name}.")):
        catalogue = Catalog(locale=language)
        catalogue.add("There is no account {name}.", sentence)
        (tmp_path / language).mkdir()
        with (tmp_path / language / "fairpost.mo").open("wb") as file:
            write_mo(file, catalogue)
    monkeypatch.setattr(text, "CATALOGUES", tmp_path)
    text.catalogue.cache_clear()
    yield
    set_process_language("en")
    text.catalogue.cache_clear()


def said():
    return _("There is no account {name}.").format(name="ada")


def test_a_block_speaks_another_language_and_no_longer():
    with in_language("fr"):
        assert said() == "Il n'y a pas de compte ada."
        with in_language("it-CH"):
            assert said() == "Non esiste il conto ada."
        assert current_language() == "fr"
    assert said() == "There is no account ada."


def test_threads_take_the_process_language_and_not_each_others():
    set_process_language("it")
    heard = []

    def other():
        heard.append(said())
        use_language("fr")
        heard.append(said())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert heard == ["Non esiste il conto ada.", "Il n'y a pas de compte ada."]
    assert said() == "Non esiste il conto ada."


@pytest.mark.parametrize("language", ["de", "", "xx_YY"])
def test_an_unknown_language_is_english(language):
    with in_language(language):
        assert said() == "There is no account ada."


def test_a_sentence_without_translation_is_english():
    with in_language("fr"):
        assert _("Something new.") == "Something new."
