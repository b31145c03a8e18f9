"""A measure as appeals have left it: what was overturned for somebody is out of its scope from then on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from fairpost.enforcement.force.store import raise_version
from fairpost.enforcement.models import Measure, MeasureAct
from fairpost.enforcement.scope.selector import Scope, Selector, scope_from_json


def scope_of(measure: Measure, acts: Iterable[MeasureAct] | None = None) -> Scope:
    """The scope that is in force: as it was decided, without those for whom it was overturned."""
    scope = scope_from_json(measure.scope)
    for each in measure.acts.all() if acts is None else acts:
        if each.act == "partly_overturned":
            scope = without(scope, each.detail.get("excluded", {}))
    return scope


def without(scope: Scope, excluded: Mapping[str, Sequence[str]]) -> Scope:
    """The scope with these left out too."""
    kept = {each.kind: set(each.values) for each in scope.excluded}
    for kind, values in excluded.items():
        kept.setdefault(kind, set()).update(str(each) for each in values)
    return Scope(scope.selectors, tuple(Selector(kind, frozenset(each)) for kind, each in sorted(kept.items())))


def narrow_force(measure: Measure, scope: Scope) -> None:
    """Puts the narrower scope into force, in the caller's transaction; nothing happens where it is out of force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE force SET scope = %s, version = %s WHERE source = 'measure' AND source_id = %s AND NOT ended",
            [json.dumps(scope.to_json()), raise_version(cursor), measure.pk],
        )
