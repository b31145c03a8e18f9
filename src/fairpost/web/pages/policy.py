"""`/policy`: what mail is judged by. Each version of a clause has an address that stays when a newer one holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fairpost.enforcement.queries import policies
from fairpost.enforcement.queries.policies import ClauseView
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import NotFound
from fairpost.kernel.languages import preferred_language
from fairpost.kernel.text import _, current_language
from fairpost.web.errors import not_found
from fairpost.web.render import rendered

# Each language by its own name, for whoever looks for it; others are shown by their code.
OWN_NAMES = {"en": "English", "fr": "Français", "it": "Italiano", "es": "Español", "de": "Deutsch"}


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, lines of a paragraph, items of a list: whatever of them one paragraph of a text has."""

    heading: str
    text: str
    items: tuple[str, ...]


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """The clauses in force, each with the address that always shows the version in force."""
    found = [(each, language_for(request, each)) for each in policies.clauses()]
    return rendered(
        request,
        "policy.html",
        title=_("Policy"),
        text=_("Mail sent through this service is judged by these clauses."),
        nothing=_("No policy has been published here yet."),
        clauses=[
            {"code": each.code, "title": each.title(asked), "language": each.language(asked), "label": each.label}
            for each, asked in found
        ],
    )


@require_safe
def policy_clause(request: HttpRequest, code: str, version: int | None = None) -> HttpResponse:
    """The version of that number; without one the version in force, or the newest where none is."""
    try:
        every = policies.versions(code)
        shown = chosen(every, version)
    except NotFound:
        return not_found(request)
    asked = language_for(request, shown)
    return rendered(
        request,
        "policy_clause.html",
        title=shown.title(asked),
        shown=shown,
        text_language=shown.language(asked),
        state=state_of(shown, every),
        blocks=blocks(shown.text(asked)),
        facts=facts_of(shown),
        languages_title=_("Languages"),
        languages=[(each, OWN_NAMES.get(each, each)) for each in shown.texts if each != shown.language(asked)],
        versions_title=_("All versions"),
        versions=[(each, dates(each)) for each in every],
        back=_("The whole policy"),
    )


def chosen(every: list[ClauseView], version: int | None) -> ClauseView:
    """The version of this number; None: the one in force, else the newest. Raises NotFound."""
    now = SYSTEM_CLOCK.now()
    if version is None:
        return next((each for each in every if each.in_force(now)), every[0])
    found = next((each for each in every if each.version == version), None)
    if found is None:
        raise NotFound(_("There is no such version."))
    return found


def language_for(request: HttpRequest, clause: ClauseView) -> str:
    """The language asked for by `?lang=`, else the one of the clause's that the browser likes best."""
    asked = request.GET.get("lang", "")
    if asked in clause.texts:
        return asked
    return preferred_language(request.headers.get("Accept-Language", ""), current_language(), clause.texts)


def state_of(shown: ClauseView, every: Iterable[ClauseView]) -> str:
    """One sentence on whether this version holds now."""
    now = SYSTEM_CLOCK.now()
    if shown.in_force(now):
        return _("This version holds now.")
    if shown.effective_from > now:
        return _("This version will hold from {time}.").format(time=day(shown.effective_from))
    current = next((each.label for each in every if each.in_force(now)), "")
    return _("This version no longer holds: {label} does. What was decided under it stays decided under it.").format(
        label=current
    )


def facts_of(shown: ClauseView) -> list[tuple[str, str]]:
    grounds = {"incompatible": _("our terms"), "illegal": _("the law")}
    return [
        (_("Clause"), shown.label),
        (_("Holds"), dates(shown)),
        (_("Rests on"), grounds[shown.ground]),
        (_("DSA category"), " ".join([shown.dsa_category, *shown.dsa_keywords])),
        (_("SHA-256"), shown.hash),
    ]


def dates(clause: ClauseView) -> str:
    if clause.effective_to is None:
        return _("from {begin}").format(begin=day(clause.effective_from))
    return _("from {begin} to {end}").format(begin=day(clause.effective_from), end=day(clause.effective_to))


def day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def blocks(text: str) -> list[Block]:
    """What stands between blank lines. A first line that ends with a colon heads the rest; `- ` begins an item."""
    found = []
    for each in text.split("\n\n"):
        lines = [line for line in each.split("\n") if line.strip()]
        heading = lines.pop(0) if len(lines) > 1 and lines[0].endswith(":") else ""
        items = tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
        found.append(Block(heading, "\n".join(line for line in lines if not line.startswith("- ")), items))
    return found
