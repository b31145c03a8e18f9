"""Replies come out the same however the bytes were cut, and what is none is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.engine.transport.reply_parser import MAX_LINE, MAX_LINES, MalformedReply, ReplyParser, shown

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
REPLY = st.tuples(st.integers(200, 559), st.lists(TEXT, min_size=1, max_size=5))


def wire_form(code: int, lines: list[str]) -> bytes:
    last = len(lines) - 1
    return b"".join(f"{code}{' ' if i == last else '-'}{line}\r\n".encode() for i, line in enumerate(lines))


@given(st.lists(REPLY, max_size=5), st.lists(st.integers(1, 40), max_size=30))
def test_any_cut_gives_the_same_replies(replies: list[tuple[int, list[str]]], cuts: list[int]) -> None:
    data = b"".join(wire_form(code, lines) for code, lines in replies)
    parser = ReplyParser()
    got = []
    for cut in cuts:
        got += parser.feed(data[:cut])
        data = data[cut:]
    got += parser.feed(data)
    assert got == [(code, "\n".join(lines).encode()) for code, lines in replies]
    assert not parser.pending


def test_a_code_alone_is_a_reply() -> None:
    assert ReplyParser().feed(b"250\r\n250-a\r\n250\r\n") == [(250, b""), (250, b"a\n")]


@pytest.mark.parametrize("line", [b"25", b"2500", b"abc hello", b"250_x", b"199 x", b"560 x", b" 250 x", b"-250 x"])
def test_no_reply(line: bytes) -> None:
    with pytest.raises(MalformedReply):
        ReplyParser().feed(line + b"\r\n")


def test_the_caps() -> None:
    ReplyParser().feed(b"250 " + b"x" * (MAX_LINE - 4) + b"\r\n")
    with pytest.raises(MalformedReply):
        ReplyParser().feed(b"250 " + b"x" * (MAX_LINE - 3) + b"\r\n")
    ReplyParser().feed(b"250-x\r\n" * (MAX_LINES - 1) + b"250 x\r\n")
    with pytest.raises(MalformedReply):
        ReplyParser().feed(b"250-x\r\n" * MAX_LINES + b"250 x\r\n")


def test_a_line_that_never_ends_is_refused_before_it_fills_memory() -> None:
    parser = ReplyParser()
    with pytest.raises(MalformedReply):
        for _ in range(100):
            parser.feed(b"x" * 100)


def test_control_characters_do_not_reach_people() -> None:
    assert shown(b"5.1.1 no\x1b[2Jthing\n\xff") == "5.1.1 no\ufffd[2Jthing \ufffd"
