"""Clauses are public: everybody reads what they are judged by, each version under an address that stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from fairpost.enforcement.models import PolicyClause
from fairpost.enforcement.policies.names import label, split_label
from fairpost.enforcement.policies.texts import Texts, chosen
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One version of one clause. `label` is `code@version`; it holds from `effective_from` (included) to
    `effective_to` (not included; None: until a next version is published). `ground` is incompatible or illegal.
    """

    id: int
    code: str
    version: int
    label: str
    permalink: str
    effective_from: datetime
    effective_to: datetime | None
    ground: str
    dsa_category: str
    dsa_keywords: tuple[str, ...]
    hash: str
    texts: Texts

    def language(self, asked: str) -> str:
        """The language in which a reader of `asked` is told."""
        return chosen(self.texts, asked)

    def title(self, language: str) -> str:
        return self.texts[self.language(language)]["title"]

    def text(self, language: str) -> str:
        """Plain text: blank lines between paragraphs, `- ` before items of a list."""
        return self.texts[self.language(language)]["text"]

    def in_force(self, at: datetime) -> bool:
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)


def clause(code: str, version: int | None = None, at: datetime | None = None) -> ClauseView:
    """The version of this number; without one, the version in force at `at` (default: now).

    `code` may be a label, `code@version`. Raises NotFound, also where no version is in force then.
    """
    name, numbered = split_label(code)
    version = version or numbered
    rows = PolicyClause.objects.filter(code=name)
    rows = rows.filter(version=version) if version else rows.filter(holding(at or SYSTEM_CLOCK.now()))
    row = rows.first()
    if row is None:
        wanted = label(code, version) if version and not numbered else code
        raise NotFound(
            _("There is no clause {code} in the policy.").format(code=wanted),
            field="clause",
            hint=_("`fairpost policy list` shows those in force."),
        )
    return view_of(row)


def clause_by_id(clause_id: int) -> ClauseView:
    """The version that a decision refers to, whether still in force or not. Raises NotFound."""
    row = PolicyClause.objects.filter(id=clause_id).first()
    if row is None:
        raise NotFound(_("There is no clause {code} in the policy.").format(code=clause_id), field="clause")
    return view_of(row)


def clauses(at: datetime | None = None) -> list[ClauseView]:
    """The policy as it holds at `at` (default: now): one version of each clause, by code."""
    return [view_of(each) for each in PolicyClause.objects.filter(holding(at or SYSTEM_CLOCK.now())).order_by("code")]


def versions(code: str) -> list[ClauseView]:
    """Every version of one clause, the newest first; those to come too. Raises NotFound where there is none."""
    rows: QuerySet[PolicyClause] = PolicyClause.objects.filter(code=code).order_by("-version")
    if not rows:
        raise NotFound(_("There is no clause {code} in the policy.").format(code=code), field="clause")
    return [view_of(each) for each in rows]


def holding(at: datetime) -> Q:
    return Q(effective_from__lte=at) & (Q(effective_to=None) | Q(effective_to__gt=at))


def view_of(row: PolicyClause) -> ClauseView:
    return ClauseView(
        id=row.id,
        code=row.code,
        version=row.version,
        label=label(row.code, row.version),
        permalink=f"{settings.FAIRPOST.platform_url.rstrip('/')}/policy/{row.code}/{row.version}",
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        ground=row.ground,
        dsa_category=row.dsa_category,
        dsa_keywords=tuple(row.dsa_keywords),
        hash=row.hash,
        texts=row.texts,
    )
