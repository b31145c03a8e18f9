"""Each thing that can be wrong is found where the author wrote it."""

from __future__ import annotations

import pytest
from tests.builders.content import JOINT_SENDER, build, codes, mjml, page, places

from fairpost.engine.document import CODES


def test_complete_mail_has_no_findings():
    assert build().findings == ()
    assert build(mjml=mjml()).findings == ()


@pytest.mark.parametrize(
    ("code", "content", "place"),
    [
        ("unknown-variable", "<p>Dear {{ frist_name }}</p>", (2, 12)),
        ("liquid-unclosed", "<p>{{ first_name</p>", (2, 4)),
        ("liquid-unclosed", "<p>a</p>\n{% if vip %}<p>b</p>", (3, 1)),
        ("liquid-unclosed", "<p>a</p>\n  {% endif %}", (3, 3)),
        ("liquid-unclosed", "{% if vip %}a{% endfor %}{% endif %}", (2, 14)),
        ("liquid-syntax", "<p>\n{{ first_name | shout }}</p>", (3, 17)),
        ("liquid-syntax", "<p>{{ 1 + 2 }}</p>", (2, 9)),
        ("liquid-syntax", "{% include 'secrets' %}", (2, 1)),
        ("unclosed-tag", "<p>a\n <b>b</p>", (3, 2)),
        ("unclosed-tag", "<div>a", (2, 1)),
        ("unclosed-tag", '<p><a href="https://lake.example>x</a></p>', (2, 4)),
        ("unclosed-tag", "<p>a</p> <!-- never closed", (2, 10)),
        ("stray-end-tag", "<p>a</b></p>", (2, 5)),
        ("image-alt", '<img src="https://lake.example/a.png">', (2, 1)),
        ("image-source", '<img alt="" src="data:image/png;base64,AA">', (2, 13)),
        ("link-http", '<a href="http://lake.example/">x</a>', (2, 4)),
        ("link-malformed", '<a href="/news">x</a>', (2, 4)),
        ("link-malformed", '<a href="">x</a>', (2, 4)),
        ("link-malformed", '<a href="https://">x</a>', (2, 4)),
        ("link-malformed", '<a href="https://lake.example/a b">x</a>', (2, 4)),
        ("link-scheme", '<a href="ftp://lake.example">x</a>', (2, 4)),
        ("link-variable", '<a href="{{ first_name }}">x</a>', (2, 10)),
        ("link-variable", '<a href="https://lake.example/?n={{ first_name }}">x</a>', (2, 34)),
        ("donation-mark", "<p data-donation>x</p>", (2, 4)),
        ("remote-stylesheet", '<style>\n@import url("https://lake.example/x.css");</style>', (2, 8)),
        ("remote-font", "<style>@font-face { src: url(https://lake.example/x.woff) }</style>", (2, 8)),
        ("reserved-variable", "{{ _open_pixel }}", (2, 4)),
        ("reserved-variable", "{{ postal_address | upcase }}", (2, 4)),
        ("liquid-place", "<p {{ first_name }}>x</p>", (2, 4)),
        ("liquid-place", "<!-- {{ first_name }} -->", (2, 6)),
        ("liquid-place", "<style>p { color: {{ first_name }} }</style>", (2, 19)),
    ],
)
def test_finding_in_html_has_line_and_column(code: str, content: str, place: tuple[int, int]):
    built = build(html=page(content), known_attributes=frozenset({"first_name", "vip"}))
    assert places(built, code) == [place]
    assert (built.document is None) == (CODES[code][0] == "error")


@pytest.mark.parametrize(
    ("code", "content", "place"),
    [
        ("unknown-variable", "<mj-text>Dear {{ frist_name }}</mj-text>", (2, 18)),
        ("liquid-unclosed", "{% if vip %}<mj-text>a</mj-text>", (2, 1)),
        ("unclosed-tag", "<mj-text>a\n<b>b</mj-text>", (3, 1)),
        ("unclosed-tag", "<mj-text>a", (2, 1)),
        ("mjml-include", '\n  <mj-include path="/etc/passwd" />', (3, 3)),
        ("mjml", "<mj-texte>a</mj-texte>", (2, 1)),
        ("mjml", "<mj-section></mj-section>", (2, 1)),
        ("mjml", "<p>a</p>", (2, 1)),
        ("mjml", "  lost text", (2, 3)),
        ("image-alt", '<mj-image src="https://lake.example/a.png" />', (2, 1)),
        ("link-scheme", '<mj-button href="javascript:alert(1)">x</mj-button>', (2, 12)),
        ("link-http", '<mj-text>x</mj-text>\n<mj-button href="http://lake.example">x</mj-button>', (3, 12)),
    ],
)
def test_finding_in_mjml_has_line_and_column(code: str, content: str, place: tuple[int, int]):
    built = build(mjml=mjml(content), known_attributes=frozenset({"first_name", "vip"}))
    assert place in places(built, code)
    assert (built.document is None) == (CODES[code][0] == "error")


@pytest.mark.parametrize(
    ("variable", "code"),
    [
        ("{{ disclaimer }}", "missing-disclaimer"),
        ("{{ postal_address }}", "missing-postal-address"),
        ("{{ unsubscribe_url }}", "missing-unsubscribe"),
    ],
)
def test_missing_footer_is_an_error_at_the_end_of_the_body(variable: str, code: str):
    html = page().replace(variable, "https://lake.example/")
    line = html.split("\n")[2]
    assert places(build(html=html), code) == [(3, line.index("</body>") + 1)]
    assert code in codes(build(mjml=mjml().replace(variable, "https://lake.example/")))


@pytest.mark.parametrize(
    "hide", ["{{% if vip %}}{0}{{% endif %}}", '<p style="display:none">{0}</p>', "<p hidden>{0}</p>"]
)
@pytest.mark.parametrize("code", ["missing-disclaimer", "missing-postal-address", "missing-unsubscribe"])
def test_footer_that_some_readers_do_not_see_is_missing(hide: str, code: str):
    footer = '<span>{{ disclaimer }}</span> <span>{{ postal_address }}</span> <a href="{{ unsubscribe_url }}">x</a>'
    assert code in codes(build(html=page(footer=hide.format(footer))))


def test_footer_that_only_a_stylesheet_hides_is_missing():
    html = page("<style>.gone { display: none }</style>", footer='<span class="gone">{{ disclaimer }}</span>')
    assert "missing-disclaimer" in codes(build(html=html))


def test_footer_that_only_outlook_shows_is_missing():
    footer = (
        '<!--[if mso]><p>{{ disclaimer }} {{ postal_address }} <a href="{{ unsubscribe_url }}">x</a></p><![endif]-->'
    )
    found = codes(build(html=page(footer=footer)))
    assert {"missing-disclaimer", "missing-postal-address", "missing-unsubscribe"} <= set(found)


def test_joint_sender_that_asks_for_donations_must_show_its_notice():
    ask = '<a data-donation href="https://give.example/">Give</a>'
    assert "missing-joint-notice" in codes(build(html=page(ask), sender=JOINT_SENDER))
    assert "missing-joint-notice" not in codes(build(html=page(), sender=JOINT_SENDER))
    built = build(html=page(ask + "{{ joint_notice }}"), sender=JOINT_SENDER)
    assert built.findings == ()
    assert built.carries_notice
    assert JOINT_SENDER.joint_notice in built.document.html
    assert JOINT_SENDER.joint_notice in built.document.text


@pytest.mark.parametrize("subject", ["", "   ", "a\nb", "a\r\nBcc: x@y.example", "a\x00b", "a\u2028b", "a\u202eb"])
def test_subject_that_is_empty_or_breaks_the_header_is_refused(subject: str):
    built = build(subject=subject)
    assert built.document is None
    assert {each.part for each in built.findings} == {"subject"}


@pytest.mark.parametrize("preheader", ["a\nb", "a\x07b", "{{ frist_name }}", "{% if a %}", "{{ disclaimer }}"])
def test_preheader_is_checked_like_a_subject(preheader: str):
    built = build(preheader=preheader, known_attributes=frozenset({"first_name"}))
    assert [each.part for each in built.errors] == ["preheader"]


def test_own_text_needs_the_footer_too():
    found = build(text="Hello {{ first_name }}").errors
    assert [each.code for each in found] == ["missing-disclaimer", "missing-postal-address", "missing-unsubscribe"]
    assert {each.part for each in found} == {"text"}


def test_both_or_neither_of_mjml_and_html_is_refused():
    assert codes(build(html="", mjml="")) == ["body-empty"]
    assert codes(build(html=page(), mjml=mjml())) == ["body-empty"]


def test_large_mail_is_warned_about_and_a_huge_one_refused():
    assert codes(build(html=page("<p>" + "a" * 101_000 + "</p>"))) == []
    assert codes(build(html=page("<p>" + "a" * 103_000 + "</p>"))) == ["clipped"]
    built = build(html=page("<p>" + "a" * 2_000_001 + "</p>"))
    assert codes(built) == ["too-big"]
    assert built.document is None


def test_all_errors_are_reported_at_once():
    built = build(subject="", html=page("<b>{{ frist_name }}", footer=""), known_attributes=frozenset())
    assert {"subject-empty", "unclosed-tag", "unknown-variable", "missing-unsubscribe", "missing-disclaimer"} <= set(
        codes(built)
    )


def test_every_code_in_use_is_in_the_table_and_documented():
    from pathlib import Path

    reference = Path("docs/reference/content.md").read_text()
    for code, (level, _sentence) in CODES.items():
        assert f"| `{code}` | {level} |" in reference
