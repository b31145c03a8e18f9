"""An address is read once, strictly, into the form to write to and the canonical form.

Accepted: dot-atom local parts (RFC 5322, 3.2.3), also with letters beyond ASCII (RFC 6531), at a domain
name of two labels or more, within the limits of RFC 5321, 4.5.3.1. Refused on purpose, though the grammar
has them: quoted local parts, comments, folding white space, address literals, domains of one label,
obsolete forms. No list of supporters has them but by mistake, and each is a way to smuggle something into a
header or a dialogue.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from fairpost.contacts.addresses.plain import PLAIN, ROLES
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

AROUND = " \t\u00a0"
LONGEST = 254
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Address:
    """`address` is what to write to: local part as given, domain as A-label. `canonical` is lower case."""

    address: str
    canonical: str

    @property
    def domain(self) -> str:
        return self.canonical.rpartition("@")[2]

    @property
    def role(self) -> bool:
        """Whether this is a function's mailbox (postmaster, noreply), not a person's."""
        return self.canonical.partition("@")[0] in ROLES


def parse_address(text: str) -> Address:
    """Reads one bare address; spaces around it do not count. Raises `Invalid` with the reason in words."""
    given = text.strip(AROUND)
    if PLAIN.match(given):
        return Address(given, given)
    refuse_obvious(given)
    try:
        checked = validate_email(
            given, check_deliverability=False, allow_smtputf8=True, globally_deliverable=False, strict=True
        )
    except EmailNotValidError as error:
        raise Invalid(_("not an address: {reason}").format(reason=lower_first(str(error)))) from None
    domain = checked.ascii_domain.lower()
    if "." not in domain:
        raise Invalid(_("not an address: the domain has no dot"))
    if domain.rpartition(".")[2].isdigit():
        raise Invalid(_("not an address: the domain ends in a number"))
    local = checked.local_part
    address = f"{local}@{domain}"
    if len(address.encode()) > LONGEST:
        raise Invalid(_("not an address: longer than {limit} bytes").format(limit=LONGEST))
    return Address(address, f"{unicodedata.normalize('NFC', local.lower())}@{domain}")


def refuse_obvious(given: str) -> None:
    """Says plainly what is wrong with what is most often wrong."""
    if not given:
        raise Invalid(_("no address"))
    if CONTROL.search(given):
        raise Invalid(_("not an address: it holds a control character or line break"))
    if any("\ud800" <= each <= "\udfff" for each in given):
        raise Invalid(_("not an address: its bytes are not text in the file's encoding"))
    if UNSEEN.search(given):
        raise Invalid(_("not an address: it holds an invisible character"))
    if len(given) > LONGEST:
        raise Invalid(_("not an address: longer than {limit} characters").format(limit=LONGEST))
    if "@" not in given:
        raise Invalid(_("not an address: it has no @"))
    if "<" in given or ">" in given:
        raise Invalid(_("not a bare address: leave out the name and the brackets"))
    if "," in given or ";" in given:
        raise Invalid(_("more than one address, or a stray comma"))
    if '"' in given or "(" in given or ")" in given or "[" in given or "\\" in given:
        raise Invalid(_("quoted names, comments and address literals are not taken"))


def lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def canonical_form(text: str) -> str:
    """The canonical form of one address. Raises `Invalid` where it is none."""
    return parse_address(text).canonical
