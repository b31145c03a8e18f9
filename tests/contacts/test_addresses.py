"""Addresses: what is taken, in which form, and what is refused, against a public corpus and by hand."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.contacts.addresses import canonical_form, parse_address
from fairpost.kernel.errors import Invalid

CORPUS = Path(__file__).parents[2] / "../shared/corpora/addresses/isemail.xml"
# What the corpus calls valid and this product refuses on purpose: a domain of one label.
REFUSED_ON_PURPOSE = {"test@io"}


def corpus() -> list[tuple[str, str]]:
    """(address, category); the corpus writes control characters as their pictures."""
    if not CORPUS.exists():
        return []
    tests = ElementTree.parse(CORPUS).getroot().iter("test")
    return [(pictured(test.findtext("address") or ""), test.findtext("category") or "") for test in tests]


def pictured(text: str) -> str:
    return "".join(chr(ord(each) - 0x2400) if 0x2400 <= ord(each) <= 0x2420 else each for each in text)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus shared/corpora/addresses/isemail.xml is not here")
def test_plain_addresses_of_the_corpus_are_taken_and_wrong_ones_refused():
    checked = 0
    for address, category in corpus():
        if category in ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN") and address not in REFUSED_ON_PURPOSE:
            assert parse_address(address).canonical, address
            checked += 1
        elif category == "ISEMAIL_ERR":
            with pytest.raises(Invalid):
                parse_address(address)
            checked += 1
    assert checked > 80


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus shared/corpora/addresses/isemail.xml is not here")
def test_exotic_addresses_of_the_corpus_are_refused_on_purpose():
    """Quoted local parts, comments, folding white space, address literals, obsolete forms: RFC 5322 has them all."""
    exotic = {"ISEMAIL_RFC5321", "ISEMAIL_RFC5322", "ISEMAIL_DEPREC", "ISEMAIL_CFWS"}
    for address, category in corpus():
        if category in exotic and address == address.strip():
            with pytest.raises(Invalid):
                parse_address(address)


@pytest.mark.parametrize(
    ("given", "address", "canonical"),
    [
        ("ada@example.org", "ada@example.org", "ada@example.org"),
        (" Ada.L+x@EXAMPLE.org\t", "Ada.L+x@example.org", "ada.l+x@example.org"),
        ("jürg@Bücher.example", "jürg@xn--bcher-kva.example", "jürg@xn--bcher-kva.example"),
        ("JÜRG@bücher.example", "JÜRG@xn--bcher-kva.example", "jürg@xn--bcher-kva.example"),
        ("x@xn--BCHER-kva.example", "x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        ("x@EXAMPLE。org", "x@example.org", "x@example.org"),
        ("用户@例子.测试", "用户@xn--fsqu00a.xn--0zwm56d", "用户@xn--fsqu00a.xn--0zwm56d"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_one_canonical_form(given, address, canonical):
    parsed = parse_address(given)
    assert (parsed.address, parsed.canonical) == (address, canonical)


@pytest.mark.parametrize(
    "given",
    [
        "", " ", "x", "@", "x@", "@x.org", "x@y@z.org", "x@localhost", "x@1.2.3.4", "x@[1.2.3.4]", "x@x.123",
        "x..y@z.org",
        ".x@y.org", "x.@y.org", "x@-y.org", "x@y-.org", "x@y..org", "x@.org", "x@y.org.", "x y@z.org", "x@y z.org",
        '"x"@y.org', "x(a)@y.org", "Ada <ada@example.org>", "a@b.org,c@d.org", "a@b.org;", "x@y.org\n",
        "x@y.org\r\nBcc: a@b.org",
        "x\x00@y.org", "x@y\x00.org", "\x1bx@y.org", "x\u200b@y.org", "x\u202e@y.org", "x\ud83d@y.org",
        "a" * 65 + "@y.org",
        "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org", "x\\@y.org", "mailto:x@y.org", "x@exa_mple.org",
        "x@xn--a.org",
        "x@y.org\u2028", "x\x7f@y.org", "x\x85@y.org",
    ],
)  # fmt: skip
def test_refused_with_a_reason(given):
    with pytest.raises(Invalid) as caught:
        parse_address(given)
    assert len(caught.value.message) > 8


@given(st.text(max_size=40))
def test_no_control_character_ever_passes(text):
    try:
        parsed = parse_address(text)
    except Invalid:
        return
    for form in (parsed.address, parsed.canonical):
        assert form.count("@") == 1
        assert form.isprintable()
        assert " " not in form
        assert form.rpartition("@")[2].isascii()
        form.encode()


@given(st.from_regex(r"[a-zA-Z0-9.+_-]{1,20}@[a-zA-Z0-9.-]{1,20}\.[a-z]{2,5}", fullmatch=True))
def test_the_canonical_form_of_a_canonical_form_is_itself(text):
    try:
        once = canonical_form(text)
    except Invalid:
        return
    assert canonical_form(once) == once
    assert canonical_form(text.upper()) == once


@pytest.mark.parametrize(("given", "role"), [("Postmaster@example.org", True), ("news.desk@example.org", False)])
def test_role_addresses_are_known(given, role):
    assert parse_address(given).role is role
