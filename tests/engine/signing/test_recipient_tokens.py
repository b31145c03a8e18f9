"""Tokens come back as they went out, in one kind, one account and until their last day."""

from __future__ import annotations

import base64
import os
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.engine.signing import base32
from fairpost.engine.signing.keyring import KeyRing
from fairpost.engine.signing.tokens import TRACK_DAYS, Expired, TokenIssuer, last_day_of_tracking
from fairpost.kernel.errors import Invalid, NotFound

NOW = datetime(2021, 1, 6, 12, tzinfo=UTC)
LAST_DAY = last_day_of_tracking(NOW.timestamp())
u32 = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    return KeyRing.open(tmp_path_factory.mktemp("ring") / "keyring.json", create=True)


@pytest.fixture(scope="module")
def issuer(ring):
    return TokenIssuer(ring)


def made(tokens, kind, ordinal):
    raw = tokens.track(ordinal, LAST_DAY) if kind == "track" else getattr(tokens, kind)(ordinal)
    return raw.decode()


KINDS = ["mail", "unsubscribe", "track"]


@given(account=u32, campaign=u32, ordinal=u32, test=st.booleans())
def test_every_kind_says_again_what_it_was_made_of(issuer, account, campaign, ordinal, test):
    tokens = issuer.for_campaign(account, campaign, test)
    for kind in KINDS:
        claims = issuer.read(kind, made(tokens, kind, ordinal), NOW)
        assert (claims.kind, claims.account_id, claims.campaign_id) == (kind, account, campaign)
        assert (claims.ordinal, claims.test) == (ordinal, test)
    claims = issuer.read_donation(tokens.donation(ordinal).decode(), account)
    assert (claims.campaign_id, claims.ordinal, claims.test) == (campaign, ordinal, test)


def test_tokens_made_together_are_those_made_alone(issuer):
    tokens = issuer.for_campaign(1, 2)
    assert tokens.mail_and_unsubscribe(3) == (tokens.mail(3), tokens.unsubscribe(3))


def test_a_repeat_carries_the_same_token(issuer):
    assert issuer.for_campaign(1, 2).mail(3) == issuer.for_campaign(1, 2).mail(3)
    assert issuer.for_campaign(1, 2, test=True).mail(3) != issuer.for_campaign(1, 2).mail(3)


@pytest.mark.parametrize("kind", ["mail", "unsubscribe"])
def test_address_tokens_fit_a_local_part_and_survive_a_change_of_case(issuer, kind):
    token = made(issuer.for_campaign(1, 2), kind, 3)
    assert len("b-" + token) <= 64
    assert token == token.lower()
    assert issuer.read(kind, token.upper(), NOW).ordinal == 3


def test_addresses_are_read_with_their_prefix(issuer):
    tokens = issuer.for_campaign(1, 2)
    assert issuer.read_address("b-" + tokens.mail(9).decode(), NOW).kind == "mail"
    assert issuer.read_address("U-" + tokens.unsubscribe(9).decode(), NOW).kind == "unsubscribe"
    for wrong in ("b-" + tokens.unsubscribe(9).decode(), "x-" + tokens.mail(9).decode(), "", "b-"):
        with pytest.raises(Invalid):
            issuer.read_address(wrong, NOW)


def test_no_kind_is_read_as_another(issuer):
    tokens = issuer.for_campaign(1, 2)
    for kind in KINDS:
        for other in KINDS:
            if other != kind:
                with pytest.raises(Invalid):
                    issuer.read(other, made(tokens, kind, 3), NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_every_altered_character_is_a_forgery(issuer, kind):
    token = made(issuer.for_campaign(1, 2), kind, 3)
    for at, character in enumerate(token):
        forged = token[:at] + ("b" if character != "b" else "c") + token[at + 1 :]
        with pytest.raises(Invalid):
            issuer.read(kind, forged, NOW)


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(max_size=80) | st.text("abcdefgh234567-_=+/", min_size=40, max_size=50))
def test_no_other_text_is_a_token(issuer, kind, text):
    with pytest.raises(Invalid):
        issuer.read(kind, text, NOW)


def test_a_tracking_token_has_one_spelling(issuer):
    token = made(issuer.for_campaign(1, 2), "track", 3)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    good = [each for each in alphabet if _reads(issuer, token[:-1] + each)]
    assert good == [token[-1]]


def _reads(issuer, token):
    try:
        return issuer.read("track", token, NOW)
    except Invalid:
        return None


def test_tracking_ends_after_its_last_day_and_still_says_whose_it_was(issuer):
    token = made(issuer.for_campaign(1, 2), "track", 3)
    last = date(2021, 1, 6) + timedelta(days=TRACK_DAYS)
    end_of_last = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC)
    assert issuer.read("track", token, end_of_last).expires == last
    with pytest.raises(Expired) as error:
        issuer.read("track", token, end_of_last + timedelta(seconds=1))
    assert error.value.claims.ordinal == 3


def test_unsubscribing_never_ends(issuer):
    token = made(issuer.for_campaign(1, 2), "unsubscribe", 3)
    assert issuer.read("unsubscribe", token, NOW + timedelta(days=36_500)).ordinal == 3


def test_another_account_s_token_does_not_exist_here(issuer):
    tokens = issuer.for_campaign(1, 2)
    for kind in KINDS:
        with pytest.raises(NotFound):
            issuer.read(kind, made(tokens, kind, 3), NOW, account_id=7)


def test_tokens_survive_a_rotation_of_the_key_ring(tmp_path):
    ring = KeyRing.open(tmp_path / "keyring.json", create=True)
    tokens = TokenIssuer(ring).for_campaign(1, 2)
    old = {kind: made(tokens, kind, 3) for kind in KINDS}
    code = tokens.donation(3).decode()
    ring.rotate()
    issuer = TokenIssuer(ring)
    assert all(issuer.read(kind, token, NOW).ordinal == 3 for kind, token in old.items())
    assert issuer.read_donation(code, 1).ordinal == 3
    assert made(issuer.for_campaign(1, 2), "mail", 3) != old["mail"]


def test_another_installation_reads_nothing(issuer, tmp_path):
    stranger = TokenIssuer(KeyRing.open(tmp_path / "keyring.json", create=True))
    for kind in KINDS:
        with pytest.raises(Invalid):
            stranger.read(kind, made(issuer.for_campaign(1, 2), kind, 3), NOW)


def test_a_donation_reference_is_read_as_people_write_it(issuer):
    code = issuer.for_campaign(1, 2).donation(3).decode()
    assert len(code) == 16
    grouped = "-".join(code[at : at + 4] for at in range(0, 16, 4)).lower()
    spelled = code.replace("0", "O").replace("1", "l")
    for each in (code, grouped, spelled, f" {code} "):
        assert issuer.read_donation(each, 1).ordinal == 3


@given(ordinals=st.lists(u32, min_size=2, max_size=2, unique=True))
def test_donation_references_are_unlike_each_other(issuer, ordinals):
    tokens = issuer.for_campaign(1, 2)
    assert tokens.donation(ordinals[0]) != tokens.donation(ordinals[1])


def test_a_donation_reference_means_nothing_in_another_account(issuer):
    tokens = issuer.for_campaign(1, 2)
    refused = 0
    for ordinal in range(200):
        try:
            issuer.read_donation(tokens.donation(ordinal).decode(), 7)
        except Invalid:
            refused += 1
    assert refused >= 199  # one in 32,768 passes the check by chance


@pytest.mark.parametrize("wrong", ["", "A", "U" * 16, "é" * 16, "0" * 17, "0" * 15])
def test_what_is_no_donation_reference_is_said(issuer, wrong):
    with pytest.raises(Invalid, match="no donation reference"):
        issuer.read_donation(wrong, 1)


def test_numbers_beyond_32_bits_are_refused(issuer):
    with pytest.raises(Invalid):
        issuer.for_campaign(2**32, 1)


def test_base32_agrees_with_the_standard_library():
    for _each in range(200):
        raw = os.urandom(30)
        assert base32.encode_30(raw) == base64.b32encode(raw).lower()
        assert base32.encode_60(raw + raw[::-1]) == base32.encode_30(raw) + base32.encode_30(raw[::-1])
        assert base32.decode(base32.encode_30(raw).decode()) == raw
