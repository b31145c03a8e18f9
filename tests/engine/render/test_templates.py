"""Templates print what authors mean, at every place of output, and say where they are wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.engine.render.template import compile_template, variables
from fairpost.kernel.errors import Invalid

NOW = datetime(2021, 1, 6, 9, 5, tzinfo=UTC)
# What makes one block of a template, and what makes the whole of it, keep its tree.
BLOCK, WHOLE = "{% if true %}{% endif %}", "{% assign t = 1 %}"
TREES = ["", BLOCK, WHOLE]

ADA = {
    "first_name": "Ada",
    "amount": 1234.5,
    "gifts": 3,
    "since": "2019-11-03",
    "vip": True,
    "tags": ["red", "blue"],
    "address": {"city": "Zürich"},
    "note": None,
}


def text(source, values=ADA, escape="text"):
    return compile_template(source, escape=escape).render(values, NOW)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Dear {{ first_name }},", "Dear Ada,"),
        ("Dear {{ nickname }}!", "Dear !"),
        ('Dear {{ nickname | default: "friend" }}', "Dear friend"),
        ('{{ note | default: "none" }}', "none"),
        ("{{ vip }} {{ gifts }} {{ amount }} {{ tags }} {{ address }}", "true 3 1234.5 redblue "),
        ("{{ address.city }}{{ address.zip }}{{ first_name.city }}", "Zürich"),
        ("{{ first_name | upcase | append: '!' }}", "ADA!"),
        ('{{ "o\'brien" | capitalize }}', "O'brien"),
        ("{{ first_name | slice: 0, 1 }}.", "A."),
        ("{{ 'a long word' | truncate: 8 }}", "a lon..."),
        ("{{ 'one two three' | truncatewords: 2 }}", "one two..."),
        ("{{ amount | number }} {{ amount | number: 2, ',', '.' }}", "1,235 1.234,50"),
        ("{{ amount | money }} {{ amount | times: -1 | money: '€' }}", "$1,234.50 -€1,234.50"),
        ("{{ first_name | money }}", "Ada"),
        ("{{ gifts | plus: 2 | times: 10 | divided_by: 4 }}", "12"),
        ("{{ 7.5 | divided_by: 2 }} {{ 7 | modulo: 4 }} {{ '2' | plus: '3' }}", "3.75 3 5"),
        ("{{ 2.5 | round }} {{ 2.345 | round: 2 }} {{ 2.1 | ceil }} {{ 2.9 | floor }} {{ -3 | abs }}", "3 2.35 3 2 3"),
        ("{{ since | date: '%-d %B %Y' }}", "3 November 2019"),
        ("{{ 'now' | date: '%Y-%m-%d %H:%M' }}", "2021-01-06 09:05"),
        ("{{ now | date: '%A, %-I %p' }}", "Wednesday, 9 AM"),
        ("{{ first_name | date: '%Y' }}", "Ada"),
        ("{{ since | date: '%99999999Y %q %%' }}", "%99999999Y %q %"),
        ("{{ tags | join: ', ' }} {{ tags | size }} {{ tags | last }}", "red, blue 2 blue"),
        ("{{ 'a,b' | split: ',' | join: '-' }}", "a-b"),
        ("{{ first_name | escape }}", "Ada"),
        ("{{ 'a b&c' | url_encode }}", "a%20b%26c"),
        ("a {%- comment %} not {{ this }} {% endcomment -%} b", "ab"),
    ],
)
def test_flat_templates_print_what_authors_mean(source, expected):
    compiled = compile_template(source, escape="text")
    assert compiled.flat
    assert compiled.render(ADA, NOW) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% if vip %}Thank you{% else %}Hello{% endif %}, {{ first_name }}", "Thank you, Ada"),
        ("{% unless vip %}no{% endunless %}{% case gifts %}{% when 3 %}three{% else %}?{% endcase %}", "three"),
        ("{% for tag in tags %}{{ forloop.index }}{{ tag }} {% endfor %}", "1red 2blue "),
        ("{% assign total = gifts | times: 2 %}{{ total }}", "6"),
        ("{% capture x %}<{{ first_name }}>{% endcapture %}{{ x }}{{ x }}", "<Ada><Ada>"),
        ("{% if amount > 1000 and tags contains 'red' %}yes{% endif %}", "yes"),
        ("{% if nickname %}no{% endif %}{{ tags.first }}{{ tags[1] }}{{ tags.size }}", "redblue2"),
        ("{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "13"),
        ("{{ since | date: address.format | upcase }}", ""),
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% increment n %}{% increment n %}", "ab01"),
    ],
)
def test_tree_templates_print_what_authors_mean(source, expected):
    assert compile_template(source, escape="text").render(ADA, NOW) == expected
    whole = compile_template(WHOLE + source, escape="text")
    assert not whole.flat
    assert whole.render(ADA, NOW) == expected


@pytest.mark.parametrize(
    ("escape", "expected"),
    [
        ("html", "&lt;b&gt; &amp; &#34;x&#34;\r\nBcc: e | <i>"),
        ("text", '<b> & "x"\r\nBcc: e | <i>'),
        ("header", '<b> & "x" Bcc: e | <i>'),
        ("url", "%3Cb%3E%20%26%20%22x%22%0D%0ABcc%3A%20e | %3Ci%3E"),
    ],
)
@pytest.mark.parametrize("tree", TREES)
def test_each_place_escapes_in_its_own_way(escape, expected, tree):
    source = ">{{ name }} | {{ missing | default: '<i>' }}" + tree
    compiled = compile_template(source, escape=escape)
    assert compiled.flat is (tree == "" or (tree == BLOCK and escape != "url"))
    value = '<b> & "x"\r\nBcc: e'
    assert compiled.render({"name": value}, NOW) == ">" + expected


def test_in_html_an_author_s_literal_is_markup_and_an_attribute_is_not():
    assert text("{{ name | append: '<br>' }}", {"name": "<b>"}, "html") == "&lt;b&gt;<br>"
    assert text("{{ name | newline_to_br }}", {"name": "<b>\nx"}, "html") == "&lt;b&gt;<br>\nx"
    assert text("{{ name | escape }}", {"name": "<b>"}, "html") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.org/ä?x=1&y=2", "https://example.org/%C3%A4?x=1&y=2"),
        ("javascript:alert(1)", ""),
        ("//evil.example", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("tree", TREES)
def test_a_whole_address_from_an_attribute_must_be_a_web_address(value, expected, tree):
    assert text("{{ page }}" + tree, {"page": value}, "url") == expected


def test_an_address_s_part_is_encoded_once():
    assert text("https://a.example/?x={{ x | url_encode }}", {"x": "a b"}, "url") == "https://a.example/?x=a%20b"


def test_control_characters_reach_no_body():
    assert text("{{ x }}", {"x": "a\0b\x1bc\td\n"}, "html") == "abc\td\n"
    assert text("{{ x }}", {"x": "a\0b\x1bc\td\n"}, "text") == "abc\td\n"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
)
FILTERS = [
    "", "| upcase", "| default: '<x>'", "| append: '&' | upcase", "| truncate: 3", "| plus: 1", "| number: 2",
    "| escape",     "| prepend: '<' | append: '>'", "| split: ' ' | join: '<'", "| date: '%Y'",
    "| strip | capitalize", "| replace: 'a', '<'",
]  # fmt: skip


@given(value=VALUES, chain=st.sampled_from(FILTERS), escape=st.sampled_from(["html", "text", "header", "url"]))
def test_the_flat_path_prints_what_the_tree_prints(value, chain, escape):
    source = f"x{{{{ value {chain} }}}}"
    flat = compile_template(source, escape=escape)
    tree = compile_template(source + WHOLE, escape=escape)
    assert (flat.flat, tree.flat) == (True, False)
    assert flat.render({"value": value}, NOW) == tree.render({"value": value}, NOW)


@given(value=VALUES, vip=st.booleans(), escape=st.sampled_from(["html", "text", "header"]))
def test_blocks_rendered_apart_print_what_the_whole_tree_prints(value, vip, escape):
    source = (
        "a {{ value }}{% if vip %}<b>{{ value | upcase }}{% else %}no{% endif %} {{ value.size }}"
        "{% for i in (1..3) %}{{ i }}{{ value }}{% if i == 2 %}{% break %}{% endif %}{% endfor %}\n"
    )
    apart, whole = compile_template(source, escape=escape), compile_template(source + WHOLE, escape=escape)
    assert (apart.flat, whole.flat) == (True, False)
    values = {"value": value, "vip": vip}
    assert apart.render(values, NOW) == whole.render(values, NOW)


@pytest.mark.parametrize(
    "source",
    [
        "{% assign a = 1 %}{{ a }}",
        "{% if true %}{% assign a = 1 %}{% endif %}{{ a }}",
        "{% capture a %}1{% endcapture %}{{ a }}",
        "{% if true %}{% increment a %}{% endif %}{{ x }}",
        "{% if true %}{% break %}{% endif %}{{ x }}",
        "{% for i in (1..4) limit: 1 %}{{ i }}{% endfor %}{% for i in (1..4) offset: continue %}{{ i }}{% endfor %}",
        "{% if x %}{% endif %}" * 17,
    ],
)
def test_blocks_that_touch_each_other_or_are_many_keep_the_whole_tree(source):
    assert not compile_template(source, escape="html").flat


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("Dear\n  {{ name", "Line 2, column 3: {{ is never closed"),
        ("Dear\n{% if x }", "Line 2, column 1: {% is never closed"),
        ("a\n {{ name | shout }}", "Line 2, column 12: there is no filter shout"),
        ("{{ name | safe }}", "no filter safe"),
        ("{{ name | truncate: 1, 2, 3 }}", "Line 1, column 11: the filter truncate does not take"),
        ("{{ name | default: allow: 1 }}", "does not take these arguments"),
        ("{% include 'x' %}", "Line 1, column 4"),
        ("{% render 'x' %}", "Line 1"),
        ("{% raw %}{% endraw %}", "no tag raw"),
        ("\n{% if x %}", "Line 2, column 1: if is never closed"),
        ("{% if x %}{% for a in b %}\n {% endif %}", "Line 1, column 11: for is never closed"),
        ("{% endif %}", "Line 1"),
        ("{{ }}", "Line 1"),
        ("{{ a b }}", "Line 1"),
        ("{{ x | divided_by: 0 }}", "Line 1, column 4: cannot divide by 0"),
        ("{% assign y = x | divided_by: 0 %}", "Line 1, column 19: cannot divide by 0"),
    ],
)
def test_errors_name_line_and_column(source, message):
    with pytest.raises(Invalid) as error:
        compile_template(source, escape="html").render({"x": 1}, NOW)
    assert message in str(error.value)


@pytest.mark.parametrize("tree", TREES)
def test_a_check_finds_missing_attributes_unless_there_is_a_default(tree):
    def check(source):
        return compile_template(source + tree, escape="html", strict=True).render({"known": None}, NOW)

    assert check("{{ known }}{{ unknown | default: 'x' }}") == "x"
    with pytest.raises(Invalid, match="unknown"):
        check("{{ known }} {{ unknown }}")


def test_variables_are_named_with_their_places():
    found = variables(
        "Dear {{ first_name }},\n{% for t in tags %}{{ t }}{{ forloop.index }}{% endfor %}\n{{ first_name }}"
    )
    assert [(each.name, each.line, each.column) for each in found] == [
        ("first_name", 1, 9),
        ("tags", 2, 13),
        ("first_name", 3, 4),
    ]


def test_names_are_outside_names_only():
    compiled = compile_template("{% assign a = b %}{{ a }}{{ c.d }}", escape="html")
    assert compiled.names == {"b", "c"}
