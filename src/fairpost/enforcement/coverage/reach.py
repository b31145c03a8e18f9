"""Which senders a scope can reach, whatever the content of their mail."""

from __future__ import annotations

from collections.abc import Iterable

from fairpost.enforcement.scope.selector import Scope
from fairpost.enforcement.scope.subject import Subject, subject
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.queries.senders import Sender

# Selectors of what a sender is; the others are about single mails, acts or recipients.
OF_SENDERS = frozenset({"organisation", "account", "unit", "identity", "domain", "link_domain", "joint_sender"})
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


def reached(scope: Scope, senders: Iterable[Sender]) -> list[Sender]:
    """The senders whose mail may be inside the scope; a link domain is matched mail by mail, where it is not all."""
    of_senders = tuple(each for each in scope.selectors if each.kind in OF_SENDERS)
    if any(each.kind != "link_domain" for each in of_senders):
        of_senders = tuple(each for each in of_senders if each.kind != "link_domain")
    part = Scope(of_senders, scope.excluded)
    if not of_senders and not any(each.kind in ("content_class", "content") for each in scope.selectors):
        return []
    return [each for each in senders if part.matches(subject_of(each).facets)]
