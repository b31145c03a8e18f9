"""Every page can be read in every language: the same texts, with the same values in them."""

from __future__ import annotations

import re

import pytest

from fairpost.edge.pages import LANGUAGES, message, page_headers, question, style, words_of

PLACE = re.compile(r"\{(\w*)\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_with_its_values(language):
    english, other = words_of("en"), words_of(language)
    assert {topic: set(words) for topic, words in other.items()} == {t: set(w) for t, w in english.items()}
    for topic, words in english.items():
        for key, text in words.items():
            assert set(PLACE.findall(other[topic][key])) == set(PLACE.findall(text)), (topic, key)
            assert language == "en" or len(text) < 12 or other[topic][key] != text


def test_values_are_text_and_pages_load_nothing():
    page = message(200, "en", "done", text="of_lists", sender="<b>&\"'", lists="<script>x</script>").body.decode()
    assert "&lt;b&gt;&amp;&quot;&#x27;" in page and "<script" not in page
    asked = question("fr", [("sender", "<img src=x>")]).body.decode()
    assert "&lt;img" in asked and "<img" not in asked
    for text in (page, asked):
        assert '="http' not in text and "<link" not in text and "@import" not in style() and "url(" not in style()


def test_the_stylesheet_is_the_one_that_the_policy_names():
    from base64 import b64encode
    from hashlib import sha256

    page = message(404, "it", "nothing").body.decode()
    inside = re.search(r"<style>(.*)</style>", page, re.DOTALL)[1]
    digest = b64encode(sha256(inside.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in dict(page_headers())[b"content-security-policy"].decode()
