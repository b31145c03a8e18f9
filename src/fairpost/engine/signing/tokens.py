"""Tokens name a recipient of a campaign to this installation and are noise to everyone else.

A token is the key's id and a deterministic authenticated encryption (AES-SIV, RFC 5297) of flags, account,
campaign and ordinal, and the last day for kinds that expire. Each kind has its own key, so a token of one
kind is never read as another. Deterministic means that a message sent again carries the same Message-ID,
without a row per message.

| kind          | where                                           | written as                   | expires |
| ------------- | ----------------------------------------------- | ---------------------------- | ------- |
| `mail`        | Message-ID, return path (`b-` before it)        | base32, 48 characters        | no      |
| `unsubscribe` | `/u/`, and by mail (`u-` before it)             | base32, 48 characters        | no      |
| `track`       | clicks, opens, view in browser                  | base64url, 43 characters     | yes     |
| donation      | donation links and paper, see `donation.py`     | 16 characters                | no      |
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from struct import Struct
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fairpost.engine.signing import base32
from fairpost.engine.signing.donation import DonationCodes
from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _

Kind = Literal["mail", "unsubscribe", "track"]

RETURN_PATH_PREFIX = "b-"
UNSUBSCRIBE_PREFIX = "u-"
MAIL_LENGTH = UNSUBSCRIBE_LENGTH = 48
TRACK_LENGTH = 43
TRACK_DAYS = 400  # a fundraiser's year and a month: reports compare with the same weeks of the year before
EPOCH = date(1970, 1, 1)
DAY = 86_400

_LASTING = Struct(">BIII")  # flags, account, campaign, ordinal
_EXPIRING = Struct(">BIIIH")  # the same and the last day, counted from EPOCH
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FROM_URL_SAFE = bytes.maketrans(b"-_+/", b"+/!!")  # the other alphabet is no spelling of ours
_LAST = frozenset(b"AEIMQUYcgkosw048")  # 43 characters carry two bits too many, which are zero
_U32 = 1 << 32


class Expired(Invalid):
    """The token is genuine, but past its last day; `claims` is what it said."""

    slug = "expired"

    def __init__(self, message: str, claims: TokenClaims) -> None:
        super().__init__(message)
        self.claims = claims


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a genuine token says. `expires` is the last day (UTC) on which it is good, None for ever."""

    kind: str
    account_id: int
    campaign_id: int
    ordinal: int
    test: bool = False
    expires: date | None = None


class CampaignTokens:
    """Makes the tokens of one campaign's recipients: the hot path, with every cipher made once.

    All results are ASCII octets. For one thread at a time.
    """

    def __init__(self, keyring: KeyRing, account_id: int, campaign_id: int, test: bool) -> None:
        if not (0 <= account_id < _U32 and 0 <= campaign_id < _U32):
            raise Invalid(_("Accounts and campaigns are numbered from 0 to 4,294,967,295."))
        key_id = keyring.current_id
        self._head = bytes((key_id,))
        self._flags = int(test)
        self._test = test
        self._account = account_id
        self._campaign = campaign_id
        self._mail = _cipher(keyring, "mail", key_id).encrypt
        self._unsubscribe = _cipher(keyring, "unsubscribe", key_id).encrypt
        self._track = _cipher(keyring, "track", key_id).encrypt
        self._donation = DonationCodes(_donation_key(keyring, key_id), account_id)

    def mail(self, ordinal: int) -> bytes:
        """48 characters for Message-ID and, behind `b-`, the return path."""
        plain = _LASTING.pack(self._flags, self._account, self._campaign, ordinal)
        return base32.encode_30(self._head + self._mail(plain, None))

    def unsubscribe(self, ordinal: int) -> bytes:
        """48 characters for the unsubscribe link and, behind `u-`, the unsubscribe address."""
        plain = _LASTING.pack(self._flags, self._account, self._campaign, ordinal)
        return base32.encode_30(self._head + self._unsubscribe(plain, None))

    def mail_and_unsubscribe(self, ordinal: int) -> tuple[bytes, bytes]:
        """Both tokens that every message needs, in one go."""
        plain = _LASTING.pack(self._flags, self._account, self._campaign, ordinal)
        head = self._head
        both = base32.encode_60(head + self._mail(plain, None) + head + self._unsubscribe(plain, None))
        return both[:MAIL_LENGTH], both[MAIL_LENGTH:]

    def track(self, ordinal: int, last_day: int) -> bytes:
        """43 characters for clicks, opens and view in browser; `last_day` counts days since 1970-01-01."""
        plain = _EXPIRING.pack(self._flags, self._account, self._campaign, ordinal, last_day)
        raw = self._head + self._track(plain, None)
        return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=")

    def donation(self, ordinal: int) -> bytes:
        """16 characters that attribute a donation."""
        return self._donation.write(self._campaign, ordinal, self._test)


class TokenIssuer:
    """Makes and reads the tokens of an installation."""

    def __init__(self, keyring: KeyRing) -> None:
        self._keyring = keyring
        self._ciphers: dict[tuple[str, int], AESSIV] = {}

    def for_campaign(self, account_id: int, campaign_id: int, test: bool = False) -> CampaignTokens:
        """The maker of all tokens of one campaign, under the key that is current now."""
        return CampaignTokens(self._keyring, account_id, campaign_id, test)

    def read(self, kind: Kind, token: str, now: datetime, account_id: int | None = None) -> TokenClaims:
        """What a token of this kind says.

        Raises Invalid where it is forged, damaged or of another kind, Expired where its last day is over,
        NotFound where `account_id` is given and it belongs to another account.
        """
        raw = _octets(kind, token)
        plain = self._opened(kind, raw)
        expires = None
        if kind == "track":
            flags, account, campaign, ordinal, day = _EXPIRING.unpack(plain)
            expires = EPOCH + timedelta(days=day)
        else:
            flags, account, campaign, ordinal = _LASTING.unpack(plain)
        if account_id is not None and account != account_id:
            raise NotFound(_("This address belongs to no message of this account."))
        claims = TokenClaims(kind, account, campaign, ordinal, bool(flags & 1), expires)
        if expires is not None and now.timestamp() // DAY > day:
            raise Expired(_("This link ended on {day}.").format(day=expires.isoformat()), claims)
        return claims

    def read_address(self, local_part: str, now: datetime) -> TokenClaims:
        """What a return path (`b-...`) or unsubscribe address (`u-...`) says; raises Invalid for others."""
        prefix, token = local_part[:2].lower(), local_part[2:]
        if prefix == RETURN_PATH_PREFIX:
            return self.read("mail", token, now)
        if prefix == UNSUBSCRIBE_PREFIX:
            return self.read("unsubscribe", token, now)
        raise _forged()

    def read_donation(self, reference: str, account_id: int) -> TokenClaims:
        """Whom a donation reference of this account names, in any spelling (case, hyphens, O for 0)."""
        for key in reversed(self._keyring.keys):
            found = DonationCodes(_donation_key(self._keyring, key.id), account_id).read(reference)
            if found is not None:
                campaign, ordinal, test = found
                return TokenClaims("donation", account_id, campaign, ordinal, test)
        raise Invalid(_("“{reference}” is no donation reference of this account.").format(reference=reference[:40]))

    def read_track(self, token: str) -> tuple[int, int, int, int, int]:
        """(1 for a test, account, campaign, ordinal, last day counted from 1970-01-01) of a track token, over or not.

        The hot path of clicks. Raises Invalid where it is forged, damaged or of another kind.
        """
        raw = _track_octets(token)
        try:
            plain = self._ciphers["track", raw[0]].decrypt(raw[1:], None)
        except (KeyError, InvalidTag):  # the first under this key, or forged
            plain = self._opened("track", raw)
        flags, account, campaign, ordinal, day = _EXPIRING.unpack(plain)
        return flags & 1, account, campaign, ordinal, day

    def _opened(self, kind: Kind, raw: bytes) -> bytes:
        try:
            cipher = self._ciphers.get((kind, raw[0]))
            if cipher is None:
                cipher = self._ciphers[kind, raw[0]] = _cipher(self._keyring, kind, raw[0])
            return cipher.decrypt(raw[1:], None)
        except (InvalidTag, Invalid):
            raise _forged() from None


def last_day_of_tracking(at: float) -> int:
    """The last day, counted from 1970-01-01, of tracking tokens made at `at` (seconds since the epoch)."""
    return int(at // DAY) + TRACK_DAYS


def _octets(kind: Kind, token: str) -> bytes:
    if kind == "track":
        return _track_octets(token)
    raw = base32.decode(token) if len(token) == MAIL_LENGTH else None
    if raw is None:
        raise _forged()
    return raw


def _track_octets(token: str) -> bytes:
    if len(token) != TRACK_LENGTH or not token.isascii():
        raise _forged()
    spelled = token.encode()
    if spelled[-1] not in _LAST:  # only one spelling of each token is good
        raise _forged()
    try:
        return a2b_base64(spelled.translate(_FROM_URL_SAFE) + b"=", strict_mode=True)
    except Base64Error:
        raise _forged() from None


def _cipher(keyring: KeyRing, kind: Kind, key_id: int) -> AESSIV:
    return AESSIV(keyring.derive(f"token 1 {kind}", key_id=key_id, length=64))


def _donation_key(keyring: KeyRing, key_id: int) -> bytes:
    return keyring.derive("token 1 donation", key_id=key_id, length=16)


def _forged() -> Invalid:
    return Invalid(
        _("This link or address is damaged or was not made here."),
        hint=_("Open it from the message itself, whole."),
    )
