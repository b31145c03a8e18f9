"""What an identity's checks need to know, gathered once: no check reads the database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A DKIM key that should stand in DNS: `active` ones sign, the others wait to."""

    selector: str
    algorithm: str
    public_key: str
    active: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """The domains of one identity and the platform's side of them.

    `return_path_domain` is the one really used (the platform's where the identity has none of its own); an
    empty `link_domain` means the platform's host. `sending_addresses` are IP addresses or networks from which
    relays send, `spf_include` a name whose SPF record lists them.
    """

    domain: str
    keys: tuple[PublishedKey, ...]
    return_path_domain: str
    link_domain: str
    platform_host: str
    platform_return_path_domain: str
    sending_addresses: tuple[str, ...] = ()
    spf_include: str = ""
