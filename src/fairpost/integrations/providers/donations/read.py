"""Reads lines of donations in the form of docs/reference/donations.md; one that is wrong keeps no other."""

from __future__ import annotations

from collections.abc import Sequence

from fairpost.events.donations.lines import Line
from fairpost.events.donations.reading import read_line
from fairpost.integrations.providers.happenings import Donated, Happening
from fairpost.integrations.providers.json_body import read_object
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST = 1000


def read(body: bytes) -> Sequence[Happening]:
    """`{"platform": "...", "lines": [{...}]}`; raises Invalid where there is no list of at most 1,000 lines."""
    post = read_object(body)
    stated, platform = post.get("lines"), post.get("platform", "")
    if not isinstance(stated, list) or len(stated) > MOST or not isinstance(platform, str):
        raise Invalid(_("The post has no list of lines, or more than {most}.").format(most=MOST))
    lines: list[Line] = []
    wrong = []
    for number, each in enumerate(stated):
        try:
            if not isinstance(each, dict):
                raise Invalid(_("This line is no object."))
            lines.append(read_line({"platform": platform, **each} if platform else each))
        except Invalid as error:
            wrong.append((number, error.message))
    return [Donated(lines, tuple(wrong))]
