"""Rows of organisations that stand for one real-world body, in whichever accounts they were registered."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from fairpost.tenants.models import Organisation


def same_body(organisation_ids: Iterable[int]) -> frozenset[int]:
    """These ids and those of every row that an operator identified with one of them, over any number of steps."""
    known = set(organisation_ids)
    new = set(known)
    while new:
        beside = Q(id__in=new, same_as__isnull=False) | Q(same_as_id__in=new)
        pairs = Organisation.objects.filter(beside).values_list("id", "same_as_id")
        new = {each for pair in pairs for each in pair if each is not None} - known
        known |= new
    return frozenset(known)
