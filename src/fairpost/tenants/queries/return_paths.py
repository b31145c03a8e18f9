"""Domains to which mail comes back, as the installation's own mail server must know them."""

from __future__ import annotations

from fairpost.tenants.models import SenderIdentity, SendingDomain


def return_path_domains() -> frozenset[str]:
    """The return path domains of every account's identities, beside the installation's own."""
    return frozenset(
        SenderIdentity.objects.exclude(return_path_domain="").values_list("return_path_domain", flat=True).distinct()
    )


def owners_of_domains(names: frozenset[str]) -> list[tuple[int, str]]:
    """(account, sending domain) for each of these names that an account sends from; two accounts may share one."""
    rows = SendingDomain.objects.filter(name__in=names).order_by("account_id", "name")
    return list(rows.values_list("account_id", "name"))


def owners_of_return_paths(names: frozenset[str]) -> list[tuple[int, str]]:
    """(account, return path domain) for each of these names that is an identity's own."""
    rows = SenderIdentity.objects.filter(return_path_domain__in=names).order_by("account_id", "return_path_domain")
    return list(rows.values_list("account_id", "return_path_domain").distinct())


def account_uses_domain(account_id: int, name: str) -> bool:
    """Whether the account sends from this domain, or has its bounces sent there."""
    if SendingDomain.objects.filter(account_id=account_id, name=name).exists():
        return True
    return SenderIdentity.objects.filter(account_id=account_id, return_path_domain=name).exists()
