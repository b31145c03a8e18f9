"""Makes the content classes that come with Fairpost, and leaves alone every class of that name."""

from __future__ import annotations

from django.db import transaction

from fairpost.enforcement.classes.definition import write_class
from fairpost.enforcement.classes.starter import starter_classes
from fairpost.enforcement.models import ContentClass
from fairpost.enforcement.queries.content_classes import ContentClassView, view_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@transaction.atomic
def install_starter_classes(
    *, actor: Actor, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> tuple[ContentClassView, ...]:
    """The classes that it made: none the second time. A class restricts nobody until a measure names it."""
    authorise(actor, "policy.manage")
    there = set(ContentClass.objects.values_list("name", flat=True))
    missing = [each for each in starter_classes() if each["name"] not in there]
    made = [write_class(actor, **each, person_id=None, reason=reason, clock=clock) for each in missing]
    return tuple(view_of(each) for each in made)
