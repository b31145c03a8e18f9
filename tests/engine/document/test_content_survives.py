"""What the author wrote arrives: Liquid, other scripts, media queries, and as readable plain text."""

from __future__ import annotations

import re

import pytest
from tests.builders.content import build, codes, mjml, page

CONDITION = "{% if vip %}A{% elsif city == 'x' %}B{% else %}C{% endif %}"
LOOP = "{% for each in (1..3) %}<li>{{ each }}</li>{% endfor %}"


@pytest.mark.parametrize(
    "content",
    [
        '<p>{{ first_name | default: "friend" | capitalize }}</p>',
        f"<p>{CONDITION}</p>",
        f"<ul>{LOOP}</ul>",
        "<table><tbody>{% if vip %}<tr><td>a</td></tr>{% endif %}</tbody></table>",
        '<p class="{% if vip %}a{% else %}b{% endif %}">x</p>',
        '<p style="color: {{ colour }}">x</p>',
        "<p title=\"{{ city | default: 'x>y' }}\">x</p>",
        "{% assign x = 'a&lt;b' %}<p>{{ x }}</p>",
        "{% comment %} <script> {{ nothing }} {% endcomment %}<p>x</p>",
        "<p>{{- first_name -}}</p>",
    ],
)
def test_liquid_survives_in_html_and_in_mjml(content: str):
    for built in (build(html=page(content)), build(mjml=mjml(f"<mj-text>{content}</mj-text>"))):
        assert built.errors == ()
        for liquid in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", content):
            assert liquid in built.document.html


@pytest.mark.parametrize(
    "template",
    [
        "{0}<mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section>{1}",
        "<mj-section>{0}<mj-column><mj-text>x</mj-text></mj-column>{1}</mj-section>",
        "<mj-section><mj-column>{0}<mj-text>x</mj-text>{1}</mj-column></mj-section>",
        "<mj-wrapper>{0}<mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section>{1}</mj-wrapper>",
        "<mj-section><mj-group>{0}<mj-column><mj-text>x</mj-text></mj-column>{1}</mj-group></mj-section>",
        '<mj-hero background-color="#ffffff">{0}<mj-text>x</mj-text>{1}</mj-hero>',
        '<mj-section><mj-column><mj-social>{0}<mj-social-element src="https://a.example/i.png" href="https://a.example/">x'
        "</mj-social-element>{1}</mj-social></mj-column></mj-section>",
        '<mj-section><mj-column><mj-navbar>{0}<mj-navbar-link href="https://a.example/">x</mj-navbar-link>{1}'
        "</mj-navbar></mj-column></mj-section>",
    ],
)
def test_condition_around_an_mjml_element_survives_or_is_refused(template: str):
    body = template.format("{% if vip %}", "{% endif %}")
    built = build(mjml=mjml().replace("<mj-body>", f"<mj-body>{body}"))
    if built.document is None:
        assert set(codes(built)) == {"liquid-place"}
        return
    before, after = built.document.html.split("{% if vip %}")
    assert ">x" in after.split("{% endif %}")[0]


@pytest.mark.parametrize(
    "words",
    ["Grüße, Čeština, ελληνικά", "שלום עולם", "مرحبا بالعالم", "👩‍👩‍👧 🏳️‍🌈 ✊🏽", "漢字かな", "e\u0301 \u200f \u00ad"],
)
def test_other_scripts_arrive_unchanged(words: str):
    for built in (
        build(html=page(f"<p>{words}</p>"), subject=words, preheader=words),
        build(mjml=mjml(f"<mj-text>{words}</mj-text>"), subject=words, preheader=words),
    ):
        assert built.document.subject == words
        assert built.document.html.count(words) == 2
        assert words in built.document.text


def test_page_may_be_written_from_right_to_left():
    built = build(html=page('<p dir="rtl" lang="ar">مرحبا</p>'))
    assert '<p dir="rtl" lang="ar">' in built.document.html


def test_styles_are_inlined_and_media_queries_kept():
    style = "<style>.red { color: red } @media (max-width: 400px) { .red { color: blue } }</style>"
    html = build(html=page(f'{style}<p class="red">x</p>')).document.html
    assert '<p class="red" style="color: red;">' in html
    assert "@media (max-width: 400px) { .red { color: blue } }" in html


def test_preheader_is_hidden_at_the_start_of_the_body_and_escaped():
    html = build(preheader='A & "B" {{ first_name | default: "you" }}').document.html
    start = html.index("<body>") + len("<body>")
    assert html[start:].startswith('<div style="display:none;')
    assert 'A &amp; &quot;B&quot; {{ first_name | default: "you" }}&#847;' in html


def test_preheader_takes_the_place_of_mj_preview():
    built = build(mjml=mjml(head="<mj-preview>from MJML</mj-preview>"), preheader="from the field")
    assert codes(built) == ["preheader-twice"]
    assert "from MJML" not in built.document.html
    assert "from MJML" in build(mjml=mjml(head="<mj-preview>from MJML</mj-preview>")).document.html


def test_plain_text_reads_like_the_page():
    html = page(
        "<h1>News</h1><p>Dear {{ first_name }},</p><ul><li>one</li><li>two</li></ul>"
        '<table role="presentation"><tr><td>left</td><td>right</td></tr></table>'
        '<p><a href="https://a.example/"><img alt="Our boat" src="https://a.example/i.png"></a></p>'
        '<p style="display:none">unseen</p><!--[if mso]><p>Outlook</p><![endif]-->'
        "<table><tr><th>Year</th><th>Fish</th></tr><tr><td>2025</td><td>17</td></tr></table>"
    )
    text = build(html=html).document.text
    assert "Dear {{ first_name }}," in text
    assert "* one\n  * two" in text
    assert "Our boat <{{ _link_0 }}>" in text
    assert "unseen" not in text and "Outlook" not in text
    assert "Year  Fish\n2025  17" in text
    assert "Unsubscribe <{{ unsubscribe_url }}>" in text


def test_condition_leaves_no_blank_lines_in_the_text():
    html = page("<p>a</p>{% if vip %}<p>b</p>{% endif %}<p>c</p>")
    assert build(html=html).document.text.startswith("a\n\n{% if vip %}b\n\n{% endif %}c\n")


def test_comments_of_the_author_do_not_leave_the_house():
    for built in (build(html=page("<!-- secret --><p>a</p>")), build(mjml=mjml("<!-- secret --><mj-text>a</mj-text>"))):
        assert "secret" not in built.document.html


@pytest.mark.parametrize(
    "aside", ["<?xml version='1.0'?>", "<?<script>", "</ <script>", "<!ELEMENT x>", "<![CDATA[x]]>"]
)
def test_declarations_are_left_out(aside: str):
    html = build(html=page(f"{aside}<p>a</p>")).document.html
    assert html.count("<!") == 1 and "<?" not in html and "<script" not in html


def test_html_inside_mjml_need_not_be_xml():
    built = build(mjml=mjml("<mj-text><P CLASS=a>1 < 2 &copy;<BR>x &amp; y</P></mj-text>"))
    assert built.findings == ()
    assert "1 &lt; 2" in built.document.html


def test_same_source_gives_the_same_document():
    assert build(mjml=mjml(), preheader="p") == build(mjml=mjml(), preheader="p")


def test_open_pixel_is_left_to_the_dispatch():
    assert "_open_pixel" not in build().document.html
