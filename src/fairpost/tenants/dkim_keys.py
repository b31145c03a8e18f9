"""DKIM keys as rows: made encrypted, found within their account, opened only to sign."""

from __future__ import annotations

from datetime import datetime

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.dkim import Algorithm, generate
from fairpost.tenants.keyring import context_of, installation_keyring
from fairpost.tenants.models import DkimKey, SendingDomain
from fairpost.tenants.naming import slug_of
from fairpost.tenants.scope import once

ALGORITHMS = ("rsa", "ed25519")


def write_key(domain: SendingDomain | None, domain_name: str, algorithm: str, selector: str, now: datetime) -> DkimKey:
    """A new key that waits to be published; an empty `selector` is replaced by one that is free."""
    if algorithm not in ALGORITHMS:
        raise Invalid(
            _("There is no DKIM algorithm {name} here.").format(name=repr(algorithm)),
            field="algorithm",
            hint=_("Choose rsa or ed25519."),
        )
    refuse_second_waiting(domain, domain_name, algorithm)
    selector = slug_of(selector, "selector") if selector else free_selector(domain, domain_name, now)
    kind: Algorithm = "rsa" if algorithm == "rsa" else "ed25519"
    pair = generate(kind)
    sealed = installation_keyring().encrypt(pair.private_key_pem, context_of(domain_name, selector))
    taken = _("The selector {selector} of {domain} is in use already.").format(selector=selector, domain=domain_name)
    with once(taken, "selector"):
        return DkimKey.objects.create(
            domain=domain,
            domain_name=domain_name,
            selector=selector,
            algorithm=algorithm,
            public_key=pair.public_key,
            private_key=sealed,
            created_at=now,
        )


def refuse_second_waiting(domain: SendingDomain | None, domain_name: str, algorithm: str) -> None:
    waiting = DkimKey.objects.filter(
        domain=domain, domain_name=domain_name, algorithm=algorithm, activated_at=None, retired_at=None
    ).first()
    if waiting is not None:
        raise Conflict(
            _("The key {selector} waits to be activated already.").format(selector=waiting.selector),
            hint=_("Publish its record and activate it: fairpost identity activate-key."),
        )


def free_selector(domain: SendingDomain | None, domain_name: str, now: datetime) -> str:
    """`fp<account>-<date>`, with the account so that two accounts can publish under one domain."""
    stem = f"fp{domain.account_id if domain else ''}-{now:%Y%m%d}"
    taken = set(
        DkimKey.objects.filter(domain_name=domain_name, selector__startswith=stem).values_list("selector", flat=True)
    )
    return next(each for n in range(len(taken) + 1) if (each := stem if n == 0 else f"{stem}-{n + 1}") not in taken)


def private_key_pem(key: DkimKey) -> bytes:
    """The private key, decrypted; only a signature needs it."""
    if key.private_key is None:
        raise Conflict(_("The key {selector} is retired.").format(selector=key.selector))
    return installation_keyring().decrypt(bytes(key.private_key), context_of(key.domain_name, key.selector))


def may_manage_domain(actor: Actor, domain: SendingDomain) -> None:
    """Refuses one unit's person to change, for other units too, the keys of a domain that they send from."""
    if actor.unit_id is not None and domain.identities.exclude(unit_id=actor.unit_id).exists():
        raise Forbidden(
            _("Other business units send from {domain} too.").format(domain=domain.name),
            hint=_("Ask someone who manages identities for the whole account."),
        )
