"""A donation reference is sixteen characters that name one recipient of one campaign to the sender alone.

Donors see it in links and may type it from paper into a form, so it is short and in Crockford's alphabet.
It is one block of 80 bits: campaign (32), ordinal (32), test flag (1) and 15 zero bits as check, encrypted
as a whole by a balanced Feistel network with AES-128 as round function and the account as tweak. Nobody
else can tell which recipient or campaign a code belongs to or that two codes belong to one campaign, and it
means nothing in another account.

Limits: a made-up code passes the check once in 32,768 tries for each key of the ring. It must attribute a
donation and nothing more; it is no credential.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fairpost.engine.signing.base32 import CROCKFORD, writer

LENGTH = 16
ROUNDS = 8
HALF = (1 << 40) - 1
READ_AS = str.maketrans("OIL", "011", "- ")
VALUE = {character: value for value, character in enumerate(CROCKFORD)}

_write = writer(LENGTH, CROCKFORD)


class DonationCodes:
    """Writes and reads the references of one account under one key of 16 octets; for one thread at a time."""

    def __init__(self, key: bytes, account_id: int) -> None:
        # Encrypting single blocks in a row is ECB to the library; here each call is one application of a
        # PRF.
        self._prf = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update
        # Round number and account fill the upper octets of the block, the half to be mixed the lower five.
        self._rounds = tuple(each << 120 | account_id << 64 for each in range(ROUNDS))

    def write(self, campaign_id: int, ordinal: int, test: bool) -> bytes:
        """The reference: 16 ASCII characters."""
        block = campaign_id << 48 | ordinal << 16 | test
        left, right = block >> 40, block & HALF
        prf = self._prf
        for each in self._rounds:
            mask = int.from_bytes(prf((each | right).to_bytes(16, "big"))[:5], "big")
            left, right = right, left ^ mask
        return _write(left << 40 | right)

    def read(self, code: str) -> tuple[int, int, bool] | None:
        """(campaign, ordinal, test) of a reference in any spelling; None where it is not of this account."""
        code = code.upper().translate(READ_AS)
        if len(code) != LENGTH or any(each not in VALUE for each in code):
            return None
        n = 0
        for character in code:
            n = n << 5 | VALUE[character]
        left, right = n >> 40, n & HALF
        for each in reversed(self._rounds):
            mask = int.from_bytes(self._prf((each | left).to_bytes(16, "big"))[:5], "big")
            left, right = right ^ mask, left
        block = left << 40 | right
        if block & 0xFFFE:
            return None
        return block >> 48, block >> 16 & 0xFFFFFFFF, bool(block & 1)
