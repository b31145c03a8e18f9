"""A built document, compiled and filled, comes out right in another parser: words, links, scripts, footer."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from tests.builders.content import FOOTER, build, mjml
from tests.engine.mime.workshop import DISPATCH, issuer

from fairpost.engine.mime.compiled import compile_message
from fairpost.engine.ports import Dispatch, Recipient

WORDS = "Grüße, שלום, مرحبا, 漢字, 👩‍👩‍👧 and a long line " + "that goes on and on " * 80
CONTENT = (
    f"<mj-text>Dear {{{{ first_name | default: 'friend' }}}}, {WORDS}</mj-text>"
    "{% if vip %}<mj-text>for the few</mj-text>{% endif %}"
    '<mj-button href="https://give.example/?a=1&amp;b=2" data-donation>Give</mj-button>'
    '<mj-text><a href="https://lake.example/">Lake</a></mj-text>'
)


def received(dispatch: Dispatch, **attributes: object) -> tuple[str, str, str]:
    """(subject, HTML, text) as the standard library's parser reads them."""
    document = build(mjml=mjml(CONTENT, FOOTER), subject=f"{{{{ first_name }}}}: {WORDS[:60]}").document
    recipient = Recipient(7, "zoe@example.org", "zoe@example.org", attributes)
    mail = compile_message(document, dispatch, issuer(), []).fill(recipient, 1_780_000_000.0)
    parsed = message_from_bytes(mail.content, policy=policy.default)
    return (
        str(parsed["Subject"]),
        parsed.get_body(("html",)).get_content(),
        parsed.get_body(("plain",)).get_content(),
    )


def test_mail_says_what_the_author_wrote():
    subject, html, text = received(DISPATCH, first_name="Zoë <3", vip=True)
    assert subject == f"Zoë <3: {WORDS[:60]}".rstrip()
    assert f"Dear Zoë &lt;3, {WORDS}" in html and "for the few" in html
    assert f"Dear Zoë <3, {WORDS}".rstrip() in text.replace("\n", " ") and "for the few" in text
    for part in (html, text):
        assert "Paid for by Committee for the Lake." in part
        assert "{{" not in part and "{%" not in part and "_link_" not in part


def test_condition_that_fails_leaves_nothing():
    _subject, html, text = received(DISPATCH)
    assert "Dear friend," in html
    assert "for the few" not in html + text


@pytest.mark.parametrize(("tracking", "counted"), [(True, 2), (False, 0)])
def test_links_go_by_way_of_the_platform_only_where_clicks_are_counted(tracking: bool, counted: int):
    _subject, html, text = received(replace(DISPATCH, tracking=tracking))
    assert html.count(f'href="{DISPATCH.platform_url}/c/') == counted
    assert "https://lake.example/" in text
    assert ("https://lake.example/" in html) is not tracking
    assert html.count("/o/") == tracking
