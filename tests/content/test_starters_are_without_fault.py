"""The mails to begin from pass every check, for a joint sender too, and are as large as they are said to be."""

from __future__ import annotations

import pytest
from tests.builders.content import JOINT_SENDER

from fairpost.content.starters import STARTERS, Starter, starter
from fairpost.engine.document import Built, Source, build_document
from fairpost.engine.render.template import compile_template
from fairpost.kernel.errors import NotFound


def built(each: Starter) -> Built:
    return build_document(
        Source(
            each.subject,
            mjml=each.mjml,
            preheader=each.preheader,
            sender=JOINT_SENDER,
            known_attributes=frozenset({"first_name", "city"}),
        )
    )


@pytest.mark.parametrize("each", STARTERS, ids=lambda each: each.name)
def test_starter_has_no_findings(each: Starter):
    assert built(each).findings == ()


def test_appeal_has_ten_links_and_about_30_kilobytes():
    appeal = built(starter("fundraising"))
    assert len(appeal.document.links) == 10
    assert sum(link.donation for link in appeal.document.links) == 7
    assert 28_000 < appeal.size < 33_000
    assert appeal.carries_notice


def test_appeal_takes_the_fast_path_of_the_renderer():
    document = built(starter("fundraising")).document
    assert compile_template(document.html, escape="html").flat
    assert compile_template(document.text, escape="text").flat


def test_unknown_starter_names_those_there_are():
    with pytest.raises(NotFound, match="newsletter, fundraising, letter"):
        starter("valentine")
