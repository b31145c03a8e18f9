"""Builds what a campaign is made of, by the real actions: account, identity, contacts, content, the campaign itself."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection
from tests.builders.content import page
from tests.builders.tenants import Tenant, make_account, make_identity, make_joint_sender

from fairpost.campaigns.actions.create_campaign import create_campaign
from fairpost.campaigns.actions.send_campaign import send_campaign
from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.save_content_version import save_content_version
from fairpost.kernel.actor import Actor
from fairpost.segments.audience import Audience
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.notices import Allocation, NoticeTerms

NUMBERS = itertools.count(1)
EVERYONE = Audience(everyone=True)


@dataclass
class Author:
    """An account that can send: Ada as its owner, an identity, a content version."""

    tenant: Tenant
    identity_id: int
    version_id: int

    @property
    def account_id(self) -> int:
        return self.tenant.account_id

    @property
    def actor(self) -> Actor:
        return self.tenant.owner

    @property
    def who(self) -> dict[str, Any]:
        """The arguments that every action begins with."""
        return {"actor": self.actor, "account_id": self.account_id}

    def people(self, *addresses: str, first: int = 1, step: int = 1, **attributes: Any) -> list[str]:
        """Contacts with these addresses, numbered from `first` in steps of `step`."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO contact (account_id, ordinal, canonical, attributes, created_at, updated_at)"
                " VALUES (%s, %s, %s, %s, '2026-01-01Z', '2026-01-01Z')",
                [
                    (self.account_id, ordinal, address, json.dumps({"first_name": f"N{ordinal}", **attributes}))
                    for ordinal, address in zip(itertools.count(first, step), addresses, strict=False)
                ],
            )
            cursor.execute(
                "INSERT INTO contact_ordinal VALUES (%s, %s)"
                " ON CONFLICT (account_id) DO UPDATE SET next = EXCLUDED.next",
                [self.account_id, first + step * len(addresses)],
            )
        return list(addresses)

    def crowd(self, count: int, domain: str = "lake.example", first: int = 1) -> list[str]:
        """So many contacts, person1@..., of one domain."""
        return self.people(*(f"person{n}@{domain}" for n in range(first, first + count)), first=first)

    def version(self, html: str = "", *, subject: str = "News for {{ first_name }}", identity_id: int = 0) -> int:
        """A content version for this account's identity (or another one)."""
        draft = create_template(**self.who, name=f"mail {next(NUMBERS)}", subject=subject, html=html or page())
        chosen = identity_id or self.identity_id
        return save_content_version(**self.who, template_id=draft.id, identity_id=chosen).id

    def campaign(self, pool_id: int | None = None, audience: Audience = EVERYONE, **changes: Any) -> int:
        """A draft to everyone, unless said otherwise."""
        given = {
            "name": f"campaign {next(NUMBERS)}",
            "identity_id": self.identity_id,
            "content_version_id": self.version_id,
            "audience": audience,
            "pool_id": pool_id,
            **changes,
        }
        return create_campaign(**self.who, **given).id

    def send(self, campaign_id: int, **options: Any) -> Any:
        return send_campaign(**self.who, campaign_id=campaign_id, **options)

    def started(self, **options: Any) -> int:
        """A campaign that was started now."""
        number = self.campaign(**options)
        self.send(number)
        return number


def make_author(
    slug: str = "", *, html: str = "", signed: bool = False, owner: str = "Ada", tenant: Tenant | None = None,
    from_address: str = "news@sender.example", **identity: Any,
) -> Author:  # fmt: skip
    """Ada's account with everything that sending needs. Without `signed` its relay has to sign."""
    tenant = tenant or make_account(slug, owner=owner)
    author = Author(tenant, make_identity(tenant, from_address, signed=signed, **identity), 0)
    author.version_id = author.version(html)
    return author


def publish(tenant: Tenant, joint_sender_id: int, members: list[int], share: Fraction = Fraction(1, 2)) -> None:
    """A joint notice in force: the first member gets `share`, the second the rest."""
    terms = NoticeTerms((Allocation(members[0], share), Allocation(members[1], 1 - share)))
    publish_notice(actor=tenant.owner, account_id=tenant.account_id, joint_sender_id=joint_sender_id, terms=terms)


def make_joint_author(**options: Any) -> tuple[Author, int, list[int]]:
    """Ada sending for a joint sender of two, whose notice is in force: (the author, joint sender, members)."""
    tenant = make_account()
    joint, members = make_joint_sender(tenant)
    publish(tenant, joint, members)
    return make_author(tenant=tenant, joint_sender_id=joint, **options), joint, members
