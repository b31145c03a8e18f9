"""Drafts are kept as they are given, inside their account and unit."""

from __future__ import annotations

import pytest
from tests.builders.content import mjml, page
from tests.builders.tenants import make_person
from tests.content.conftest import World

from fairpost.content.actions.copy_template import copy_template
from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.edit_template import edit_template
from fairpost.content.queries.templates import template, template_named, templates
from fairpost.kernel.errors import Conflict, Forbidden, Invalid


def create(world: World, **options):
    given = {"actor": world.ada.owner, "name": "News", "html": page(), **options}
    return create_template(account_id=world.ada.account_id, **given)


def test_draft_is_read_back_as_it_was_given(world: World):
    made = create(world, subject="Grüße 👋", preheader="p", text="t\r\nu", language="de")
    assert template(world.ada.owner, world.ada.account_id, made.id) == made
    assert (made.subject, made.text, made.kind) == ("Grüße 👋", "t\r\nu", "html")


def test_draft_may_have_errors(world: World):
    assert create(world, html="<p>{{ ").html == "<p>{{ "


def test_mjml_and_html_replace_each_other(world: World):
    made = create(world)
    ids = {"actor": world.ada.owner, "account_id": world.ada.account_id, "template_id": made.id}
    changed = edit_template(**ids, mjml=mjml())
    assert (changed.kind, changed.html) == ("mjml", "")
    assert edit_template(**ids, html=page()).mjml == ""
    with pytest.raises(Invalid):
        edit_template(**ids, html=page(), mjml=mjml())


def test_name_is_once_in_its_unit(world: World):
    create(world)
    with pytest.raises(Conflict):
        create(world)
    in_unit = create(world, unit_id=world.ada.unit_id)
    with pytest.raises(Conflict):
        edit_template(
            actor=world.ada.owner, account_id=world.ada.account_id, template_id=create(world, name="x").id, name="News"
        )
    assert template_named(world.ben, world.ada.account_id, "News") == in_unit.id


@pytest.mark.parametrize("field", ["subject", "preheader", "mjml", "html", "text"])
@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b", "x" * 2_000_001])
def test_what_cannot_be_kept_is_refused(world: World, field: str, value: str):
    with pytest.raises(Invalid):
        create(world, **{"html": "", field: value})


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "a\nb"}, {"language": '"><script>'}, {"language": ""}])
def test_name_and_language_are_checked(world: World, change: dict[str, str]):
    with pytest.raises(Invalid):
        create(world, **change)


def test_copy_has_the_same_content_under_another_name(world: World):
    made = create(world, subject="s", mjml=mjml(), html="", text="t")
    copied = copy_template(actor=world.ben, account_id=world.ada.account_id, template_id=made.id, name="Ben's")
    assert (copied.mjml, copied.subject, copied.text, copied.name) == (made.mjml, "s", "t", "Ben's")
    assert copied.unit_id == world.ada.unit_id


def test_person_of_a_unit_reads_shared_drafts_but_does_not_change_them(world: World):
    shared = create(world)
    assert [each.id for each in templates(world.ben, world.ada.account_id)] == [shared.id]
    with pytest.raises(Forbidden):
        edit_template(actor=world.ben, account_id=world.ada.account_id, template_id=shared.id, subject="x")


def test_reader_does_not_write(world: World):
    analyst = make_person(world.ada.account_id, "Ann", "analyst")
    with pytest.raises(Forbidden):
        create(world, actor=analyst)


def test_list_goes_on_where_a_page_ended(world: World):
    ids = [create(world, name=str(number)).id for number in range(5)]
    first = templates(world.ada.owner, world.ada.account_id, limit=2)
    rest = templates(world.ada.owner, world.ada.account_id, before=first[-1].id)
    assert [each.id for each in [*first, *rest]] == ids[::-1]
