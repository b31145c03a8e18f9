"""Domains and addresses of senders in one form: lower case, A-labels (RFC 5890), proven safe for a header."""

from __future__ import annotations

import re

import idna

from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# dot-atom of RFC 5322, 3.2.3; with RFC 6532 every character outside ASCII belongs to it too.
LOCAL_PART = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
    r"(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*"
)


def domain_name(value: str, field: str) -> str:
    """The domain as A-labels (IDNA 2008 after the mapping of UTS 46), without a final dot.

    Raises `Invalid` for what cannot be a public mail or web domain: one label only, an address literal, a
    label over 63 or a name over 253 octets (RFC 1035, 2.3.4).
    """
    value = single_line(value, field, 253).rstrip(".")
    try:
        name = idna.encode(value, uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError as error:
        raise refused_domain(value, field) from error
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(LABEL.fullmatch(each) for each in labels):
        raise refused_domain(value, field)
    if labels[-1].isdigit():
        raise refused_domain(value, field)
    return name


def refused_domain(value: str, field: str) -> Invalid:
    return Invalid(
        _("{field}: {value} is not a domain name.").format(field=field, value=repr(value)),
        field=field,
        hint=_("Give a name such as news.example.org."),
    )


def mail_address(value: str, field: str) -> str:
    """The address with its domain as A-labels; the local part stays as given (RFC 5321, 2.4).

    Raises `Invalid` for quoted local parts too: they are legal, but no sender needs one and many systems
    break on them.
    """
    value = single_line(value, field, 254)
    local, at, domain = value.rpartition("@")
    if not at or len(local.encode()) > 64 or not LOCAL_PART.fullmatch(local):
        raise Invalid(
            _("{field}: {value} is not a mail address.").format(field=field, value=repr(value)),
            field=field,
            hint=_("Give an address such as news@example.org."),
        )
    return f"{local}@{domain_name(domain, field)}"
