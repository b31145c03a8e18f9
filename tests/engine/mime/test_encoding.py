"""What is encoded comes back, and every line is short, undotted and canonical already."""

from __future__ import annotations

import quopri
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairpost.engine.mime.body import Filling, Skeleton, Token
from fairpost.engine.mime.headers import phrase, unstructured
from fairpost.engine.mime.quoted_printable import encode, encode_piece, encode_span
from fairpost.engine.signing.dkim import canonical_body, canonical_value

NOW = datetime(2021, 1, 6, tzinfo=UTC)
ODD = ["\n", "\r\n", "\r", " ", "  ", "\t", ".", "From ", "=", "é", "🎉", "שלום", "a" * 80, "x\u0301", "\0", "--=_"]
texts = st.lists(st.sampled_from(ODD) | st.text(max_size=20), max_size=20).map("".join)


def normal(text):
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def decoded(encoded):
    return quopri.decodestring(encoded).decode()


def assert_fit_for_the_wire(encoded):
    body = encoded + b"end\r\n"
    assert canonical_body(body) == body
    for line in body.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not re.search(rb"[^ -~]", line)


@given(texts)
@example(" ")
@example("a" * 75 + " ")
@example("é" * 40 + " .")
@example("." * 200)
@example("From " * 50)
def test_pieces_come_back_and_are_fit_for_the_wire(text):
    encoded = encode_piece(text)
    assert_fit_for_the_wire(encoded)
    assert decoded(encoded) == normal(text)


@given(texts)
def test_spans_come_back_and_are_fit_for_the_wire(text):
    encoded = encode_span(text)
    assert_fit_for_the_wire(encoded + b"=\r\n")
    assert decoded(encoded + b"=\r\n") == normal(text)


@given(texts, st.integers(0, 75))
def test_text_may_begin_anywhere_in_a_line(text, column):
    encoded, end = encode(text, column)
    assert all(len(line) <= 76 for line in ("x" * column + encoded).split("\r\n"))
    assert end == len(("x" * column + encoded).rpartition("\n")[2])


@settings(max_examples=200)
@given(st.lists(texts | st.just(Token("t", 43)) | texts.map(lambda text: (text,)), max_size=8))
def test_a_part_of_texts_tokens_and_spans_comes_back(items):
    token, skeleton, expected = "T" * 43, Skeleton(), ""
    laid = []
    for item in items:
        if isinstance(item, tuple):
            laid.append(Filling(lambda values, moment, text=item[0]: text))
            expected += normal(item[0])
        else:
            laid.append(item)
            expected += token if isinstance(item, Token) else normal(item)
    # Two texts may meet at CR and LF, which would be one line end; parts never do that.
    if "\r" in "".join(item for item in items if isinstance(item, str)):
        return
    skeleton.add_part([*laid, "\n"])
    octets = list(skeleton.octets)
    for place in skeleton.tokens.get("t", []):
        octets[place] = token.encode()
    for place, piece in skeleton.pieces:
        octets[place] = piece({}, NOW)
    whole = b"".join(octets)
    assert_fit_for_the_wire(whole)
    assert not whole.endswith(b"=\r\n")
    assert decoded(whole) == expected + "\r\n"


header_text = st.text(st.characters(codec="utf-8"), max_size=200) | st.lists(
    st.sampled_from(
        ["été", "=?utf-8?q?x?=", '"', "\\", "a" * 100, " ", "\r\nBcc: x", "🎉", "שלום", "ſ", "\u2028", "(c)"]
    )
).map(" ".join)


def shown(text):
    return re.sub("[\0-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")


@given(header_text)
@example("x" * 2000)
@example("é" * 500)
def test_a_subject_comes_back_from_another_parser(text):
    raw = unstructured("Subject", text)
    message = message_from_bytes(b"Subject: " + raw + b"\r\nX: y\r\n\r\n", policy=policy.default)
    assert message["X"] == "y"
    assert len(message.keys()) == 2
    assert str(message["Subject"]).strip() == shown(text).strip() or not shown(text).isprintable()
    assert max(map(len, (b"Subject: " + raw).split(b"\r\n"))) <= (76 if not shown(text).isascii() else 910)
    assert canonical_value(b" " + raw) == raw.replace(b"\r\n", b"")


@given(header_text)
def test_a_display_name_comes_back_from_another_parser(text):
    raw = phrase(text, 6)
    message = message_from_bytes(b"From: " + raw + b" <a@example.org>\r\n\r\n", policy=policy.default)
    assert [each.addr_spec for each in message["From"].addresses] == ["a@example.org"]
    if shown(text).isprintable():
        # The parser puts a space between encoded words of a phrase (python/cpython issue 128110): compare without.
        found = message["From"].addresses[0].display_name
        assert "".join(found.split()) == "".join(shown(text).split())


@pytest.mark.parametrize("text", ["Hello", "Hello " * 30, "été " * 60, "🎉" * 100, "a" * 60 + " é"])
def test_header_lines_stay_within_76(text):
    assert all(len(line) <= 76 for line in (b"Subject: " + unstructured("Subject", text)).split(b"\r\n"))
