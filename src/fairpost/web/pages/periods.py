"""`/periods`: periods of elevated risk, what is looked at in them and what came of it, as a page and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fairpost.enforcement.queries.periods import PublicPeriod, public_periods
from fairpost.kernel.languages import preferred_language
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _, current_language
from fairpost.web.render import rendered

MOST = 50


@require_safe
def periods(request: HttpRequest, form: str = "html") -> HttpResponse:
    """The newest first, those that are over with their closing reports."""
    found = public_periods(limit=MOST)
    if form == "json":
        text = json.dumps({"periods": [asdict(each) for each in found]}, default=str, ensure_ascii=False)
        return HttpResponse(text, content_type="application/json; charset=utf-8")
    return rendered(
        request,
        "periods.html",
        title=_("Periods of elevated risk"),
        text=_("In these periods certain content is looked at by a person before it is sent, whoever sends it."),
        none=_("There has been none yet."),
        periods=[shown(request, each) for each in found],
    )


def shown(request: HttpRequest, period: PublicPeriod) -> dict[str, Any]:
    """One period as a reader of this language sees it."""
    return {
        "label": period.label,
        "language": language_of(request, period.text),
        "text": period.text[language_of(request, period.text)],
        "closing": period.closing_text.get(language_of(request, period.closing_text), ""),
        "facts": facts(period),
    }


def language_of(request: HttpRequest, texts: Any) -> str:
    asked = request.headers.get("Accept-Language", "")
    return preferred_language(asked, current_language(), texts) if texts else current_language()


def facts(period: PublicPeriod) -> list[tuple[str, str]]:
    lines = [
        (_("State"), state_in_words(period.state)),
        (_("From"), day(period.starts_at)),
        (_("Until"), day(period.closed_at if period.closed_at else period.ends_at)),
        (_("What is looked at"), ", ".join(period.scope["content_class"])),
    ]
    if period.report is not None:
        report = period.report
        lines += [
            (_("Campaigns held"), str(report["held"])),
            (_("Released, blocked, returned"), f"{report['released']}, {report['blocked']}, {report['returned']}"),
            (_("Held for nothing"), str(report["false_positives"])),
        ]
        if report["median_seconds"] is not None:
            lines.append((_("Median time to a decision"), f"{report['median_seconds'] / 60:.0f} min"))
    return lines


def day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
