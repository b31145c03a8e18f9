"""Every field of a statement with its kind, whether it is required, and what it may hold: one row a field.

How fields depend on one another is in `conditions`. Lengths count characters, not bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from fairpost.enforcement.dsa.values import allowed


class Kind(Enum):
    """The form of a field's value in JSON."""

    TEXT = "a text"
    CHOICE = "one of the allowed values"
    CHOICES = "an array of allowed values, sorted, each once"
    DAY = "a date as YYYY-MM-DD"
    URL = "an http or https address"
    PUID = "letters, digits, hyphen and underscore"
    PRODUCT = "an object with the key EAN-13"


LATEST = date(2038, 1, 1)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `values` names a list of `values.json`, `most` is a length, `earliest` and `latest` are inclusive.

    `may_be_blank`: null and the empty text mean the same as leaving the field out; elsewhere they are refused.
    """

    name: str
    kind: Kind
    required: bool = False
    values: str = ""
    most: int = 500
    earliest: date = date.min
    latest: date = LATEST
    may_be_blank: bool = False

    @property
    def allowed(self) -> frozenset[str]:
        return allowed(self.values)


def choice(name: str, values: str, *, required: bool = False) -> Field:
    return Field(name, Kind.CHOICE, required, values)


def choices(name: str, values: str, *, required: bool = False) -> Field:
    return Field(name, Kind.CHOICES, required, values)


def end_date(name: str) -> Field:
    """Blank means that the restriction has no end date."""
    return Field(name, Kind.DAY, may_be_blank=True)


FIELDS = (
    choices("decision_visibility", "visibility"),
    Field("decision_visibility_other", Kind.TEXT),
    end_date("end_date_visibility_restriction"),
    choice("decision_monetary", "monetary"),
    Field("decision_monetary_other", Kind.TEXT),
    end_date("end_date_monetary_restriction"),
    choice("decision_provision", "provision"),
    end_date("end_date_service_restriction"),
    choice("decision_account", "account"),
    end_date("end_date_account_restriction"),
    choice("account_type", "account_type"),
    choice("decision_ground", "ground", required=True),
    Field("decision_ground_reference_url", Kind.URL),
    Field("illegal_content_legal_ground", Kind.TEXT),
    Field("illegal_content_explanation", Kind.TEXT, most=2000),
    Field("incompatible_content_ground", Kind.TEXT),
    Field("incompatible_content_explanation", Kind.TEXT, most=2000),
    choice("incompatible_content_illegal", "yes_no"),
    choice("category", "category", required=True),
    choices("category_addition", "category"),
    choices("category_specification", "keyword"),
    Field("category_specification_other", Kind.TEXT),
    choices("content_type", "content_type", required=True),
    Field("content_type_other", Kind.TEXT),
    choice("content_language", "language"),
    Field("content_date", Kind.DAY, required=True, earliest=date(2000, 1, 1)),
    Field("content_id", Kind.PRODUCT),
    choices("territorial_scope", "territory", required=True),
    Field("application_date", Kind.DAY, required=True, earliest=date(2020, 1, 1)),
    Field("decision_facts", Kind.TEXT, required=True, most=5000),
    choice("source_type", "source", required=True),
    Field("source_identity", Kind.TEXT),
    choice("automated_detection", "yes_no", required=True),
    choice("automated_decision", "automation", required=True),
    Field("puid", Kind.PUID, required=True),
)
BY_NAME = {field.name: field for field in FIELDS}
