"""A saved version never changes, is the same for the same content, and carries what the law wants."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.builders.content import FOOTER, mjml, page
from tests.builders.tenants import make_identity, make_joint_sender
from tests.content.conftest import World

from fairpost.content.actions.create_template import create_template
from fairpost.content.actions.edit_template import edit_template
from fairpost.content.actions.save_content_version import save_content_version
from fairpost.content.queries.preview import preview
from fairpost.content.queries.versions import ContentVersion, content_version, content_versions
from fairpost.content.refused import ContentRefused
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.notices import Allocation, NoticeTerms
from fairpost.tenants.queries import identity

CLOCK = FixedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
ASK = '<p><a href="https://give.example/" data-donation>Give</a></p>'


def draft(world: World, name: str = "News", **content: Any) -> int:
    given = {"subject": "Hello {{ first_name }}", "html": page(), **content}
    return create_template(actor=world.ada.owner, account_id=world.ada.account_id, name=name, clock=CLOCK, **given).id


def save(world: World, template_id: int, **options: Any) -> ContentVersion:
    given = {"actor": world.ada.owner, "identity_id": world.identity, "clock": CLOCK, **options}
    return save_content_version(account_id=world.ada.account_id, template_id=template_id, **given)


def test_version_is_read_back_as_it_was_saved(world: World):
    saved = save(world, draft(world, mjml=mjml(), html="", preheader="soon", language="fr"))
    read = content_version(world.ada.account_id, saved.id)
    assert read == saved
    assert read.document.html.startswith("<!DOCTYPE html>")
    assert "Financé par" in read.document.html
    assert read.organisation_id == identity(world.ada.account_id, world.identity).organisation_id
    assert len(read.hash) == 64


@pytest.mark.parametrize("sql", ["UPDATE content_version SET name = 'x'", "DELETE FROM content_version"])
def test_database_refuses_to_change_or_remove_a_version(world: World, sql: str):
    save(world, draft(world))
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_same_content_is_the_same_version_whoever_saves_it(world: World):
    first = save(world, draft(world))
    assert save(world, first.template_id).id == first.id
    assert save(world, draft(world, "Another")).id == first.id


@pytest.mark.parametrize(
    "change",
    [{"subject": "x"}, {"preheader": "x"}, {"html": page("<p>x</p>")}, {"language": "it"},
     {"text": "{{ disclaimer }} {{ postal_address }} {{ unsubscribe_url }}"}],
)  # fmt: skip
def test_any_change_makes_another_version_and_leaves_the_first(world: World, change: dict[str, str]):
    first = save(world, draft(world))
    edit_template(
        actor=world.ada.owner, account_id=world.ada.account_id, template_id=first.template_id, clock=CLOCK, **change
    )
    second = save(world, first.template_id)
    assert second.id != first.id and second.hash != first.hash
    assert content_version(world.ada.account_id, first.id) == first


def test_another_legal_sender_makes_another_version(world: World):
    template = draft(world)
    joint, _members = make_joint_sender(world.ada)
    publish(world, joint, _members)
    other = make_identity(world.ada, "fund@lake.example", joint_sender_id=joint)
    first, second = save(world, template), save(world, template, identity_id=other)
    assert first.hash != second.hash
    assert first.organisation_id != second.organisation_id
    assert "Paid for by Victory Fund." in second.document.text


def publish(world: World, joint: int, members: list[int], first_share: Fraction = Fraction(1, 2)) -> None:
    shares = [first_share, 1 - first_share]
    terms = NoticeTerms(tuple(Allocation(each, share) for each, share in zip(members, shares, strict=True)))
    publish_notice(
        actor=world.ada.owner, account_id=world.ada.account_id, joint_sender_id=joint, terms=terms, clock=CLOCK
    )


def test_joint_senders_ask_is_bound_to_the_notice_in_force(world: World):
    joint, members = make_joint_sender(world.ada)
    sender = make_identity(world.ada, "fund@lake.example", joint_sender_id=joint)
    silent = draft(world, html=page(ASK))
    with pytest.raises(NotFound):
        save(world, silent, identity_id=sender)
    publish(world, joint, members)
    with pytest.raises(ContentRefused, match="joint_notice"):
        save(world, silent, identity_id=sender)
    told = draft(world, "Told", html=page(ASK, "{{ joint_notice }} " + FOOTER))
    first = save(world, told, identity_id=sender)
    assert first.asks_donation and first.joint_notice_id is not None
    publish(world, joint, members, Fraction(1, 4))
    second = save(world, told, identity_id=sender)
    assert second.joint_notice_id != first.joint_notice_id and second.hash != first.hash


def test_mail_without_ask_or_notice_is_bound_to_none(world: World):
    joint, members = make_joint_sender(world.ada)
    publish(world, joint, members)
    sender = make_identity(world.ada, "fund@lake.example", joint_sender_id=joint)
    assert save(world, draft(world), identity_id=sender).joint_notice_id is None


def test_errors_refuse_the_version_with_all_findings(world: World):
    template = draft(world, html="<p>{{ frist_name }}<img src='https://a.example/i.png'>")
    with pytest.raises(ContentRefused) as refused:
        save(world, template, known_attributes=frozenset({"first_name"}))
    found = {each.code for each in refused.value.findings}
    assert {"unknown-variable", "missing-unsubscribe", "image-alt"} <= found
    assert "body:1:7: error: No contact has an attribute frist_name." in str(refused.value)
    assert content_versions(world.ada.owner, world.ada.account_id) == []


def test_warnings_are_stored_with_the_version(world: World):
    saved = save(world, draft(world, html=page('<img src="https://a.example/i.png">')))
    assert [each.code for each in content_version(world.ada.account_id, saved.id).findings] == ["image-alt"]
    assert content_versions(world.ada.owner, world.ada.account_id)[0].warnings == 1


def test_preview_is_filled_as_it_will_be_sent(world: World):
    html = page('<p>Dear {{ first_name }}, <a href="https://give.example/?a=1" data-donation>give</a></p>')
    saved = save(world, draft(world, html=html))
    shown = preview(world.ada.owner, world.ada.account_id, saved.id, {"first_name": "<Zoë> & co"})
    assert shown.subject == "Hello <Zoë> & co"
    assert "Dear &lt;Zoë&gt; &amp; co," in shown.html
    assert "Dear <Zoë> & co," in shown.text
    assert "https://give.example/?a=1&reference=preview" in shown.text
    assert "_link_" not in shown.html + shown.text


def test_preview_stops_a_liquid_bomb(world: World):
    bomb = "{% for a in (1..9000) %}{% for b in (1..9000) %}x{% endfor %}{% endfor %}"
    saved = save(world, draft(world, html=page(f"<p>{bomb}</p>")))
    with pytest.raises(Invalid):
        preview(world.ada.owner, world.ada.account_id, saved.id, {})


def test_saving_is_on_the_record_once(world: World):
    saved = save(world, draft(world))
    save(world, saved.template_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM audit_event WHERE act = 'content_version.saved'")
        assert cursor.fetchall() == [(f"content_version:{saved.id}",)]
