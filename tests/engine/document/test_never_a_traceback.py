"""Any text at all gives findings or a document, never an exception, and never an active element."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.content import SENDER, mjml, page

from fairpost.engine.document import Source, build_document

FRAGMENTS = [
    "<", ">", "</", "/>", "<!--", "-->", "--!>", "<![", "]]>", "<!--[if mso]>", "<![endif]-->", "<!doctype", "<?",
    "{{", "}}", "{%", "%}", "{{ first_name }}", "{% if a %}", "{% endif %}", "{% else %}", "{% for x in y %}",
    "{% endfor %}", "{% comment %}", "{% endcomment %}", "{% raw %}", "{{ disclaimer }}", "{{ unsubscribe_url }}",
    "<p>", "</p>", "<p ", "<a href=", '"', "'", "=", "https://a.example/", "javascript:", "data:", "&", "&#", "&amp;",
    "<script>", "</script>", "<style>", "</style>", "@import", "@media{", "}", "<table>", "<tr>", "<td>", "</td>",
    "</table>", "<body>", "</body>", "<html>", "<mjml>", "</mjml>", "<mj-body>", "</mj-body>", "<mj-section>",
    "</mj-section>", "<mj-column>", "</mj-column>", "<mj-text>", "</mj-text>", "<mj-button ", "<mj-raw>", "</mj-raw>",
    "<mj-include ", "<mj-head>", "</mj-head>", "<mj-style>", "</mj-style>", "<mj-attributes>", "<img ", "style=",
    "onclick=", "data-donation", "\x00", "\r\n", "\n", " ", "é", "😀", "\u202e", "\ud800", "lqaq0z", "<!--lqaq0z-->",
    "\ufdd0", "mj-", "width=", "css-class=", "100%", "0", "-1", "99999999999999999999",
]  # fmt: skip
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=40).map("".join)
often = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(subject=hostile, preheader=hostile, html=hostile, text=hostile)
def test_html_of_any_kind(subject: str, preheader: str, html: str, text: str):
    built = build_document(
        Source(subject, html=html, preheader=preheader, text=text, known_attributes=frozenset({"first_name"}))
    )
    assert built.document is None


@often
@given(subject=hostile, content=hostile, preheader=hostile)
def test_any_content_inside_a_complete_page(subject: str, content: str, preheader: str):
    check(Source(subject, html=page(content), preheader=preheader, sender=SENDER))


@often
@given(content=hostile, head=hostile)
def test_any_content_inside_complete_mjml(content: str, head: str):
    check(Source("s", mjml=mjml(content, head=head), sender=SENDER))
    check(Source("s", mjml=mjml(f"<mj-text>{content}</mj-text>"), sender=SENDER))


def check(source: Source) -> None:
    built = build_document(source)
    assert (built.document is None) == bool(built.errors)
    for each in built.findings:
        assert each.line >= 1 and each.column >= 1 and each.message
    if built.document:
        page_without_liquid = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", built.document.html, flags=re.DOTALL)
        assert not re.search(r"<(script|iframe|object|embed|form)\b", page_without_liquid, re.IGNORECASE)
        built.document.html.encode()
