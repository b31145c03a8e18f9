"""Addresses as envelopes and headers need them: checked again at the last moment, domains as A-labels.

Imports check addresses long before; this stands where an address becomes octets of an SMTP command and a header, and
refuses whatever could end either.
"""

from __future__ import annotations

import re
from functools import lru_cache

import idna

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LONGEST = 254  # RFC 5321, 4.5.3.1.3, without the brackets
LONGEST_LOCAL = 64

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*").fullmatch
# Of any script (RFC 6532, 3.2), but no control, space, direction mark, surrogate or special.
_ATEXT = (
    r"""[^\0-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff"(),.:;<>@\[\\\]]"""
)
_QUOTED = r'"(?:[!#-\[\]-~]|\\[!-~]| (?! ))*"'  # two spaces in a row would change on the way
_LOCAL = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*|{_QUOTED}")


def envelope_address(address: str) -> tuple[bytes, bool]:
    """(octets, whether SMTPUTF8 is needed) of an address. Raises Invalid for what is no address.

    A non-ASCII local part stays UTF-8 (RFC 6531); a non-ASCII domain becomes A-labels.
    """
    dotted = ".." in address or ".@" in address or address.startswith(".")
    if _PLAIN(address) and len(address) <= LONGEST and not dotted:
        return address.encode("ascii"), False
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode("utf-8", "replace")) > LONGEST_LOCAL:
        raise _no_address(address)
    octets = local.encode("utf-8", "replace") + b"@" + host(domain)
    if len(octets) > LONGEST:
        raise _no_address(address)
    return octets, not local.isascii()


@lru_cache(maxsize=4096)
def host(domain: str) -> bytes:
    """A domain name as A-labels (RFC 5891), lower case. Raises Invalid for what is none."""
    try:
        return idna.encode(domain, uts46=True).lower()
    except idna.IDNAError:
        raise Invalid(_("“{domain}” is no domain name.").format(domain=_shown(domain))) from None


def _no_address(address: str) -> Invalid:
    return Invalid(_("“{address}” is no mail address.").format(address=_shown(address)))


def _shown(text: str) -> str:
    """What was wrong, without the control characters that may have made it so."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:80])
