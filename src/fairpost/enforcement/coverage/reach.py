"""Which senders a scope can reach, whatever the content of their mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from fairpost.enforcement.scope.selector import Scope
from fairpost.enforcement.scope.subject import Subject, subject
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.queries.senders import Sender

# Selectors of what a sender is; the others are about single mails, acts or recipients.
OF_SENDERS = frozenset({"organisation", "account", "unit", "identity", "domain", "link_domain", "joint_sender"})
ANYBODY = ("", "")
INSIDE_ACCOUNTS = frozenset({"campaign", "template", "list", "segment", "api_key"})  # numbers that need their account


def check_scope(scope: Scope) -> None:
    """Raises Invalid for a scope whose numbers mean nothing without an account beside them."""
    for each in scope.selectors:
        if each.kind in INSIDE_ACCOUNTS and not scope.values("account"):
            raise Invalid(
                _("A scope that selects by {kind} must name the account too.").format(kind=each.kind),
                field=f"scope.{each.kind}",
            )


def facets_of(sender: Sender) -> dict[str, object]:
    """A sender's facets, as selectors are held against them."""
    return {
        "account": sender.account_id,
        "unit": sender.unit_id,
        "identity": sender.identity_id,
        "organisation": sender.holder_ids | sender.legal_ids,
        "joint_sender": sender.joint_sender_ids,
        "domain": sender.domain,
        "link_domain": sender.link_domain,
    }


def subject_of(sender: Sender) -> Subject:
    return subject(["sending"], None, **facets_of(sender))


def part_of_senders(scope: Scope) -> Scope | None:
    """What of a scope is about senders; None where it is about single persons' acts only.

    A link domain is matched mail by mail, unless nothing else says whose mail it is.
    """
    of_senders = tuple(each for each in scope.selectors if each.kind in OF_SENDERS)
    if any(each.kind != "link_domain" for each in of_senders):
        of_senders = tuple(each for each in of_senders if each.kind != "link_domain")
    if not of_senders and scope.values("person"):
        return None
    return Scope(of_senders, scope.excluded)


def reached(scope: Scope, senders: Iterable[Sender]) -> list[Sender]:
    """The senders whose mail may be inside the scope."""
    part = part_of_senders(scope)
    return [] if part is None else [each for each in senders if part.matches(subject_of(each).facets)]


def reached_by(scopes: Mapping[int, Scope], senders: Iterable[Sender]) -> dict[int, list[Sender]]:
    """The same for many scopes at once, looked up by their narrowest selector; those that reach nobody are left out."""
    index: dict[tuple[str, str], dict[int, Scope]] = defaultdict(dict)
    for number, scope in scopes.items():
        part = part_of_senders(scope)
        if part is not None:
            for key in keys_of(part):
                index[key][number] = part
    found: dict[int, list[Sender]] = defaultdict(list)
    for each in senders:
        facets = subject_of(each).facets
        keys = [ANYBODY, *((kind, value) for kind, values in facets.items() for value in values)]
        candidates = {number: part for key in keys if key in index for number, part in index[key].items()}
        for number, part in candidates.items():
            if part.matches(facets):
                found[number].append(each)
    return dict(found)


def keys_of(part: Scope) -> list[tuple[str, str]]:
    narrowest = part.narrowest[:1]
    return [(each.kind, value) for each in narrowest for value in each.values] if narrowest else [ANYBODY]
