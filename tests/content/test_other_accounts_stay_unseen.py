"""Mallory calls every action and query with ids of Ada's account, and Ben with those of another unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.builders.content import page
from tests.builders.tenants import Tenant, make_person
from tests.content.conftest import World

from fairpost.content.actions.copy_template import copy_template
from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.edit_template import edit_template
from fairpost.content.actions.save_content_version import save_content_version
from fairpost.content.queries.check import check_source
from fairpost.content.queries.preview import preview
from fairpost.content.queries.templates import template, template_named, templates
from fairpost.content.queries.versions import content_version, content_versions, read_version
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.tenants.actions.create_unit import create_unit

Call = Callable[[World, Actor, int, int, int], object]  # world, actor, account, template, version

BY_ID: dict[str, Call] = {
    "edit": lambda w, who, a, t, v: edit_template(actor=who, account_id=a, template_id=t, subject="x"),
    "copy": lambda w, who, a, t, v: copy_template(actor=who, account_id=a, template_id=t, name="x"),
    "save": lambda w, who, a, t, v: save_content_version(
        actor=who, account_id=a, template_id=t, identity_id=w.mallorys
    ),
    "template": lambda w, who, a, t, v: template(who, a, t),
    "named": lambda w, who, a, t, v: template_named(who, a, str(t)),
    "read": lambda w, who, a, t, v: read_version(who, a, v),
    "preview": lambda w, who, a, t, v: preview(who, a, v, {}),
}


def made(world: World, unit_id: int | None = None) -> tuple[int, int]:
    ada = world.ada
    draft = create_template(
        actor=ada.owner, account_id=ada.account_id, name="Secret", subject="s", html=page(), unit_id=unit_id
    )
    saved = save_content_version(
        actor=ada.owner, account_id=ada.account_id, template_id=draft.id, identity_id=world.identity
    )
    return draft.id, saved.id


@pytest.mark.parametrize("call", BY_ID.values(), ids=BY_ID)
def test_id_of_another_account_is_not_found_in_ones_own(world: World, call: Call):
    with pytest.raises(NotFound):
        call(world, world.mallory.owner, world.mallory.account_id, *made(world))


@pytest.mark.parametrize("call", BY_ID.values(), ids=BY_ID)
def test_account_of_another_is_not_found(world: World, call: Call):
    with pytest.raises(NotFound):
        call(world, world.mallory.owner, world.ada.account_id, *made(world))


@pytest.mark.parametrize("call", BY_ID.values(), ids=BY_ID)
def test_id_of_another_unit_is_not_found(world: World, call: Call):
    ada = world.ada
    unit = create_unit(actor=ada.owner, account_id=ada.account_id, slug="other", name="Other")
    ids = made(world, ada.unit_id)
    cleo = make_person(ada.account_id, "Cleo", "author", unit_id=unit)
    with pytest.raises(NotFound):
        call(world, cleo, ada.account_id, *ids)


def test_lists_show_nothing_of_another_account_or_unit(world: World):
    ada, mallory = world.ada, world.mallory
    template_id, _version = made(world, ada.unit_id)
    assert templates(mallory.owner, mallory.account_id) == []
    assert content_versions(mallory.owner, mallory.account_id) == []
    assert content_versions(mallory.owner, mallory.account_id, template_id=template_id) == []
    unit = create_unit(actor=ada.owner, account_id=ada.account_id, slug="other", name="Other")
    cleo = make_person(ada.account_id, "Cleo", "author", unit_id=unit)
    assert templates(cleo, ada.account_id) == []
    assert content_versions(cleo, ada.account_id) == []


def test_sending_path_does_not_read_across_accounts(world: World):
    _template, version = made(world)
    with pytest.raises(NotFound):
        content_version(world.mallory.account_id, version)


@pytest.mark.parametrize("thief", ["save", "check"])
def test_identity_of_another_account_cannot_be_named(world: World, thief: str):
    mine: Tenant = world.mallory
    draft = create_template(actor=mine.owner, account_id=mine.account_id, name="x", subject="s", html=page())
    with pytest.raises(NotFound):
        if thief == "save":
            save_content_version(
                actor=mine.owner, account_id=mine.account_id, template_id=draft.id, identity_id=world.identity
            )
        else:
            check_source(mine.owner, mine.account_id, subject="s", html=page(), identity_id=world.identity)


def test_unit_of_another_account_cannot_be_named(world: World):
    with pytest.raises(NotFound):
        create_template(
            actor=world.mallory.owner, account_id=world.mallory.account_id, name="x", unit_id=world.ada.unit_id
        )


def test_same_content_in_two_accounts_is_two_versions(world: World):
    mine = world.mallory
    _template, adas = made(world)
    draft = create_template(actor=mine.owner, account_id=mine.account_id, name="x", subject="s", html=page())
    saved = save_content_version(
        actor=mine.owner, account_id=mine.account_id, template_id=draft.id, identity_id=world.mallorys
    )
    assert saved.id != adas
