"""Makes a campaign ready to be sent by this process: its dispatch row, content, identity and keys, compiled once."""

from __future__ import annotations

import time
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from fairpost.content.queries.versions import content_version
from fairpost.delivery.queries.relays import pool_signs, relay_ids_of_pool
from fairpost.delivery.sending.lease import Reach
from fairpost.engine.mime.compiled import compile_message
from fairpost.engine.ports import CompiledMessage, Dispatch
from fairpost.engine.run import Campaign
from fairpost.engine.signing.dkim import Signer
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.tenants.keyring import installation_keyring
from fairpost.tenants.queries.sending_identity import platform_signature, sending_identity

DISPATCH = """
SELECT pool_id, identity_id, content_version_id, unit_id, joint_sender_id, sending_domain, list_ids, tracking, test,
    latest_at
FROM dispatch WHERE account_id = %s AND campaign_id = %s
"""
KEEP = 60.0  # seconds until keys, relays and identity are read again


@dataclass(slots=True)
class Composed:
    """A campaign as the engine sends it, and the reach of the suppressions that apply to it."""

    campaign: Campaign
    reach: Reach
    latest_at: datetime
    at: float


class Composer:
    """Composes campaigns and keeps them for a minute. Used by the leasing thread only."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], Composed] = {}

    def keep_only(self, open: Set[tuple[int, int]]) -> None:
        """Forgets closed campaigns: their memory, and what a person may have mended before one goes on."""
        for key in self.kept.keys() - open:
            del self.kept[key]

    def compose(self, connection: Any, key: tuple[int, int]) -> Composed | None:
        """The campaign `key` (account, campaign), or None where it is not in dispatch."""
        kept = self.kept.get(key)
        if kept is not None and time.monotonic() - kept.at < KEEP:
            return kept
        row = connection.execute(DISPATCH, key).fetchone()
        if row is None:
            return None
        pool, identity, version, unit, joint_sender, domain, lists, tracking, test, latest_at = row
        message = compile_campaign(key, identity, version, sign=not pool_signs(pool), tracking=tracking, test=test)
        relays = frozenset(relay_ids_of_pool(connection, pool))
        if kept is not None:  # batches on their way hold the object: change it where it stands
            kept.campaign.message, kept.campaign.relays, kept.at = message, relays, time.monotonic()
            return kept
        composed = Composed(
            Campaign(key=key, message=message, relays=relays, pool_id=pool),
            Reach(unit, domain, joint_sender, tuple(lists), test),
            latest_at,
            time.monotonic(),
        )
        self.kept[key] = composed
        return composed


def compile_campaign(
    key: tuple[int, int], identity_id: int, version_id: int, *, sign: bool, tracking: bool, test: bool
) -> CompiledMessage:
    """The compiled message of a content version sent under an identity; without `sign` the relay signs it."""
    account_id, campaign_id = key
    identity = sending_identity(account_id, identity_id)
    version = content_version(account_id, version_id)
    configuration = settings.FAIRPOST
    secrets = [*identity.dkim]
    platform = platform_signature()
    if platform is not None:
        secrets.append(platform)
    dispatch = Dispatch(
        account_id=account_id,
        campaign_id=campaign_id,
        from_name=identity.from_name,
        from_address=identity.from_address,
        reply_to=identity.reply_to,
        link_url=f"https://{identity.link_domain}" if identity.link_domain else "",
        return_path_domain=identity.return_path_domain or configuration.return_path_domain,
        platform_host=configuration.platform_host,
        platform_url=configuration.platform_url,
        edge_url=configuration.links_url,
        # Campaign, account, mail stream, platform: the fields that mailbox providers aggregate by.
        feedback_id=f"{campaign_id}:{account_id}:{'test' if test else 'campaign'}:fairpost",
        tracking=tracking,
        honeypot=configuration.tracking_honeypot != "off",
        test=test,
        language=version.language,
    )
    signers = [Signer(each.domain, each.selector, each.private_key_pem) for each in secrets] if sign else []
    return compile_message(version.document, dispatch, TokenIssuer(installation_keyring()), signers)
