"""What came back about messages, and what receivers report of the account's domains."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Query, Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.schemas import feedback as told
from fairpost.api.schemas.fields import PathId
from fairpost.campaigns.queries import feedback as queries
from fairpost.events.queries import receiver_reports

router = Router()
ACCOUNT = "/accounts/{account_id}"
Address = Annotated[str, Path(min_length=3, max_length=320, description="A contact's address.")]
Domain = Annotated[str, Path(min_length=3, max_length=253, description="A domain that the account sends from.")]
Days = Annotated[int, Query(ge=1, le=400, description="Of so many days.")]


@router.get(ACCOUNT + "/feedback", response=Page[told.Feedback], by_alias=True)
def list_feedback(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 100) -> Any:
    """Bounces, refusals and complaints of all campaigns, the newest first."""
    rows = lambda most: queries.account_feedback(request.auth, account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.get(ACCOUNT + "/campaigns/{campaign_id}/feedback", response=Page[told.Feedback], by_alias=True)
def list_campaign_feedback(
    request: Caller, account_id: PathId, campaign_id: PathId, before: Before = None, limit: Limit = 100
) -> Any:
    """Those of one campaign, the newest first."""
    given = (request.auth, account_id, campaign_id)
    return page(
        request, "before", limit, lambda most: queries.campaign_feedback(*given, before=before, limit=most)
    )


@router.get(ACCOUNT + "/campaigns/{campaign_id}/feedback/classes", response=Page[told.ClassCount], by_alias=True)
def count_campaign_feedback(request: Caller, account_id: PathId, campaign_id: PathId) -> Any:
    """How many recipients of a campaign bounced, were refused or complained, by class."""
    return whole(queries.campaign_classes(request.auth, account_id, campaign_id))


@router.get(ACCOUNT + "/contacts/{address}/feedback", response=Page[told.Feedback], by_alias=True)
def list_contact_feedback(
    request: Caller, account_id: PathId, address: Address, before: Before = None, limit: Limit = 100
) -> Any:
    """Those about one contact, the newest first."""
    given = (request.auth, account_id, address)
    return page(request, "before", limit, lambda most: queries.contact_feedback(*given, before=before, limit=most))


@router.get(ACCOUNT + "/domains/{domain}/dmarc", response=told.Dmarc)
def get_dmarc(request: Caller, account_id: PathId, domain: Domain, days: Days = 30) -> Any:
    """What receivers report of mail from a domain: from which addresses, and whether DMARC passed."""
    return receiver_reports.dmarc_summary(request.auth, account_id, domain, days=days)


@router.get(ACCOUNT + "/domains/{domain}/tls", response=Page[told.TlsLine])
def get_tls_reports(request: Caller, account_id: PathId, domain: Domain, days: Days = 30) -> Any:
    """What senders report of TLS when they wrote to a domain."""
    return whole(receiver_reports.tls_reports(request.auth, account_id, domain, days=days))
