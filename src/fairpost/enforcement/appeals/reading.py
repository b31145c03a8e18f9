"""Reads rulings as the API and files for the command line carry them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpost.enforcement.appeals.rulings import Ruling
from fairpost.enforcement.drafts import measure_from_json
from fairpost.enforcement.naming import number_of
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def ruling_from_json(data: Any, place: str) -> Ruling:
    """The ruling of {"measure": "M-4", "outcome", "reason", "organisation_id", "excluded", "varied"}, or Invalid."""
    if not isinstance(data, Mapping):
        raise Invalid(_("A ruling is an object."), field=place)
    known = {"measure", "outcome", "reason", "organisation_id", "excluded", "varied"}
    for name in data:
        if name not in known:
            raise Invalid(_("A ruling has no {name}.").format(name=repr(name)), field=f"{place}.{name}")
    for name in ("measure", "outcome", "reason"):
        if not isinstance(data.get(name), str):
            raise Invalid(_("A ruling must state its {name}.").format(name=name), field=f"{place}.{name}")
    organisation_id, excluded = data.get("organisation_id"), data.get("excluded")
    if not isinstance(organisation_id, int | None) or isinstance(organisation_id, bool):
        raise Invalid(_("An organisation is named by its number."), field=f"{place}.organisation_id")
    if excluded is not None and not (
        isinstance(excluded, Mapping) and all(isinstance(each, list) for each in excluded.values())
    ):
        raise Invalid(_("What is left out are selectors with lists of numbers."), field=f"{place}.excluded")
    varied = data.get("varied")
    return Ruling(
        measure_id=number_of("measure", data["measure"]),
        outcome=data["outcome"],
        reason=data["reason"],
        organisation_id=organisation_id,
        excluded=excluded,
        varied=None if varied is None else measure_from_json(varied, f"{place}.varied"),
    )
