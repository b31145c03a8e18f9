"""`/report`: anybody reports a campaign, without script and without account, and follows it by a secret link."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from fairpost.enforcement.actions.decide_report import complain_about_report_decision
from fairpost.enforcement.actions.file_report import file_report
from fairpost.enforcement.queries.reports import ReportStatus, report_of, report_status
from fairpost.enforcement.reports.categories import CATEGORIES
from fairpost.enforcement.reports.letters import OUTCOMES
from fairpost.enforcement.reports.pace import TooMany
from fairpost.kernel.errors import FairpostError, Invalid, NotFound
from fairpost.kernel.text import _, current_language
from fairpost.web.errors import bad_link, bad_request
from fairpost.web.render import rendered

FIELDS = ("category", "target", "text", "address")
SAME_SITE = "same-origin"  # a form posted under "no-referrer" names no origin, and the check against forgery needs it
# Loopback and private networks (RFC 1918, RFC 4193): only a proxy of our own comes from there.
OF_PROXIES = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; what was wrong comes back with everything that was written."""
    if request.method != "POST":
        return form(request, 200, {})
    try:
        given = {name: request.POST.get(name, "") for name in FIELDS}
    except TooManyFieldsSent:
        return bad_request(request)
    try:
        filed = file_report(channel="form", language=current_language(), client=network_of(request), **given)
    except (Invalid, TooMany) as error:
        response = form(request, error.status, given, error)
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.wait)
        return response
    return HttpResponseRedirect(filed.url.removeprefix(root_of(filed.url)), status=303)


def root_of(url: str) -> str:
    """What comes before the path that this process answers at."""
    return url[: url.index("/report/")]


def form(
    request: HttpRequest, status: int, given: dict[str, str], error: FairpostError | None = None
) -> HttpResponse:
    response = rendered(
        request,
        "report.html",
        status,
        title=_("Report a mail"),
        text=_("Tell us about a mail from this host that breaks the law or our policy. A person reads it."),
        wrong=str(error) if error else "",
        given=given,
        categories=[(code, _(sentence), code == given.get("category")) for code, sentence in CATEGORIES.items()],
        labels={
            "category": _("What is wrong with it?"),
            "target": _("Which mail? Paste a link out of it, its Message-ID, or its headers."),
            "text": _("What happened?"),
            "address": _("Your mail address, if you want to be told what was decided (optional)"),
        },
        button=_("Send the report"),
        note=_("The sender never learns who reported. Your address is kept sealed and used for nothing else."),
    )
    response["Referrer-Policy"] = SAME_SITE
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of the report; POST complains about the decision, once."""
    try:
        if request.method != "POST":
            return shown(request, report_status(token))
        row = report_of(token)
    except NotFound as error:
        return bad_link(request, error)
    try:
        complain_about_report_decision(report_id=row.pk, text=request.POST.get("text", ""))
    except FairpostError as error:
        return shown(request, report_status(token), error)
    return HttpResponseRedirect(request.path, status=303)


def shown(request: HttpRequest, view: ReportStatus, error: FairpostError | None = None) -> HttpResponse:
    facts = [(_("Report"), view.id), (_("About"), _(CATEGORIES[view.category])), (_("Came"), day(view.filed_at))]
    if view.decided_at:
        facts += [(_("Decided"), day(view.decided_at)), (_("Outcome"), _(OUTCOMES[view.outcome]))]
        facts.append((_("Reasons"), view.reasons))
    if view.complaint_outcome:
        facts += [(_("Your complaint"), _(OUTCOMES[view.complaint_outcome])), (_("Reasons"), view.complaint_reasons)]
    elif view.state == "complained":
        facts.append((_("Your complaint"), _("waits for another person's decision")))
    response = rendered(
        request,
        "report_status.html",
        error.status if error else 200,
        title=_("Your report"),
        text=_("A person looks at it. Keep this address: only who has it can follow the report.")
        if view.state == "filed"
        else "",
        facts=facts,
        wrong=str(error) if error else "",
        register_url=view.register_url,
        register_text=_("The decision in the register"),
        complain=view.may_complain_until is not None,
        complain_label=_("If you think that this is wrong, say why. Another person will decide."),
        button=_("Complain"),
    )
    response["Referrer-Policy"] = SAME_SITE
    return response


def day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def network_of(request: HttpRequest) -> str:
    """Where the request came from: behind a proxy on this machine or network, what the proxy says; else the peer.

    IPv6 addresses count by /64, which is what one household has.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(peer)
        if any(address in each for each in OF_PROXIES):
            said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            address = ipaddress.ip_address(said) if said else address
    except ValueError:
        return peer[:100]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
