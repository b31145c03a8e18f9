"""Whatever a mail could do beyond being read is refused, with its place, however it is written."""

from __future__ import annotations

import time

import pytest
from tests.builders.content import build, codes, mjml, page, places

ELEMENTS = [
    "script",
    "iframe",
    "object",
    "embed",
    "applet",
    "form",
    "input",
    "button",
    "textarea",
    "select",
    "base",
    "svg",
    "math",
    "video",
    "audio",
]


@pytest.mark.parametrize("name", [*ELEMENTS, "SCRIPT", "ScRiPt"])
def test_active_element_is_refused_in_html_and_mjml(name: str):
    content = f"<p>a</p>\n <{name} x='1'></{name}>"
    assert (3, 2) in places(build(html=page(content)), "forbidden-element")
    inside = build(mjml=mjml(f"<mj-text>{content}</mj-text>"))
    assert (3, 2) in places(inside, "forbidden-element")
    assert inside.document is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<p onclick="x()">a</p>', "event-handler"),
        ("<p ONmouseover=x()>a</p>", "event-handler"),
        ('<img alt="" src="https://lake.example/a.png"onerror="x()">', "event-handler"),
        ('<p/onclick="x()">a</p>', "event-handler"),
        ('<a href="javascript:alert(1)">x</a>', "link-scheme"),
        ('<a href="JaVaScRiPt:alert(1)">x</a>', "link-scheme"),
        ('<a href="java\nscript:alert(1)">x</a>', "link-scheme"),
        ('<a href="&#106;avascript:alert(1)">x</a>', "link-scheme"),
        ('<a href="&#x6A;avascript&colon;alert(1)">x</a>', "link-scheme"),
        ('<a href=" \x0bjavascript:alert(1)">x</a>'.replace("\x0b", "&#11;"), "link-scheme"),
        ('<a href="data:text/html,<b>">x</a>', "link-scheme"),
        ('<a href="file:///etc/passwd">x</a>', "link-scheme"),
        ('<a href="vbscript:x">x</a>', "link-scheme"),
        ('<p style="width: expression(alert(1))">a</p>', "unsafe-style"),
        ('<p style="width: ex/**/pression(alert(1))">a</p>', "unsafe-style"),
        ('<p style="width: \\65xpression(alert(1))">a</p>', "unsafe-style"),
        ('<p style="background: url(javascript:x)">a</p>', "unsafe-style"),
        ("<style>p { behavior: url(x.htc) }</style>", "unsafe-style"),
        ("<style>@\\69mport 'https://lake.example/x.css';</style>", "remote-stylesheet"),
        ("<style>@im/**/port 'https://lake.example/x.css';</style>", "remote-stylesheet"),
        ('<link rel="stylesheet" href="https://lake.example/x.css">', "remote-stylesheet"),
        ('<meta http-equiv="refresh" content="0;url=https://lake.example">', "forbidden-element"),
        ('<a href="https://lake.example" ping="https://spy.example">x</a>', "forbidden-element"),
        ("<!--[if mso]><script>x</script><![endif]-->", "forbidden-element"),
        ('<!--[if mso]><a href="javascript:x">x</a><![endif]-->', "link-scheme"),
        ("<!--> <script>x</script> -->", "forbidden-element"),
        ("<!-- --!> <script>x</script> -->", "forbidden-element"),
        ("<xmp><script>x</script></xmp>", "forbidden-element"),
    ],
)
def test_disguised_attack_is_refused(content: str, code: str):
    assert code in codes(build(html=page(content)))


@pytest.mark.parametrize(
    "content",
    [
        "<{{ first_name }}>",
        "<{% if vip %}script{% endif %}>x",
        "<scr{{ first_name }}ipt>x",
        "{% capture a %}<scr{% endcapture %}{{ a }}ipt>x",
        "<!{% if vip %}--{% endif %}> -->",
        "<!-- {% if vip %} --{% endif %}> <script>x</script> -->",
        "{{ first_name | safe }}",
        "{{ '<script>' }}",
        "{{ first_name | append: '<b>' }}",
        "{% assign a = '<' %}{{ a }}script>",
        "{% cycle '<b>', '</b>' %}",
        '<p title="{{ \'" onclick="x\' }}">a</p>',
        "{% assign q = '\" onclick=\"x' %}<p title='{{ q }}'>a</p>",
        "{% capture q %}\" onclick=\"x{% endcapture %}<p title='{{ q }}'>a</p>",
        "{% capture q %}\" onclick=\"x{% endcapture %}{% assign r = q %}<p title='{{ r | upcase }}'>a</p>",
        "{% raw %}<b>{% endraw %}",
        "<p {{ first_name }}='x'>a</p>",
    ],
)
def test_liquid_cannot_build_markup(content: str):
    assert build(html=page(content)).document is None


def test_attribute_of_an_mjml_element_cannot_break_out():
    built = build(mjml=mjml("<mj-image src='https://lake.example/a.png' alt='\" onload=\"x()' />"))
    assert built.findings == ()
    assert 'onload="' not in built.document.html
    assert "&quot; onload=&quot;x()" in built.document.html


def test_sender_facts_cannot_bring_markup_or_liquid():
    from fairpost.engine.document import LegalSender

    sender = LegalSender("<script>x</script> {{ email }}", "{% if a %}\n<b>")
    html, text = build(sender=sender).document.html, build(sender=sender).document.text
    assert "<script" not in html and "{{ email }}" not in html and "{%" not in html
    assert "{{ email }}" not in text and "{% if" not in text


@pytest.mark.parametrize("name", ["div", "b", "span", "table", "a", "blockquote", "ul", "v:group"])
def test_deep_nesting_is_a_finding_not_a_crash(name: str):
    content = f"<{name}>" * 50_000 + "x" + f"</{name}>" * 50_000
    assert build(html=page(content)).document is None
    assert build(mjml=mjml(f"<mj-text>{content}</mj-text>")).document is None


def test_deep_mjml_is_a_finding_not_a_crash():
    assert build(mjml="<mjml><mj-body>" + "<mj-wrapper>" * 50_000).document is None
    content = "<mj-accordion>" * 5_000 + "</mj-accordion>" * 5_000
    assert build(mjml=mjml(content)).document is None


def test_deep_liquid_is_a_finding_not_a_crash():
    content = "{% if vip %}" * 5_000 + "x" + "{% endif %}" * 5_000
    assert "liquid-syntax" in codes(build(html=page(content)))


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<a ",
        "<!--",
        "{{",
        "{%",
        "{% if a %}",
        "<![if",
        "<!--[if",
        '<a b="',
        "</",
        "<style>",
        "&",
        "{{}}",
        "<p>",
        '="',
    ],
)
def test_hostile_repetition_takes_linear_time(unit: str):
    """Four times the size may take eight times as long on a busy machine; quadratic time would be sixteen."""
    small = min(processor_seconds(unit * (50_000 // len(unit))) for _ in range(3))
    large = processor_seconds(unit * (200_000 // len(unit)))
    if large > max(1.0, 8 * small):
        large = min(large, *(processor_seconds(unit * (200_000 // len(unit))) for _ in range(2)))
    assert large < max(1.0, 10 * small)


def processor_seconds(hostile: str) -> float:
    started = time.process_time()
    build(html=page(hostile), text=hostile, subject=hostile)
    return time.process_time() - started
