"""No template and no attribute stops a sender: every bomb ends soon, small and with a sentence."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from fairpost.engine.render.template import compile_template
from fairpost.kernel.errors import Invalid

NOW = datetime(2021, 1, 6, tzinfo=UTC)
DOUBLE = "{% assign a = a | append: a %}"
LONG = "x" * 90_000

BOMBS = {
    "nested loops": "{% for a in (1..1000) %}" * 3 + "{% endfor %}" * 3,
    "loops one after another": "{% for a in (1..9000) %}.{% endfor %}" * 50,
    "a loop that does nothing": "{% for a in (1..10000) %}" + "{% if 1 < 2 %}{% endif %}" * 2000 + "{% endfor %}",
    "loops sharing": "{% for a in (1..1000) %}.{% endfor %}" * 16,
    "slow blocks": ("{% for a in (1..600) %}" + "{% if long contains nearly %}{% endif %}" * 50 + "{% endfor %}") * 16,
    "range": "{% for i in (1..1000000000) %}{% endfor %}",
    "range backwards": "{% for i in (1..1000000000) reversed %}{% endfor %}",
    "range from far": "{% for i in (1..1000000000) offset: 999999999 limit: 1 %}{% endfor %}",
    "range kept": "{% assign r = (1..1000000000) %}{{ r | join: ',' }}",
    "range of an attribute": "{% for i in (1..many) %}{% endfor %}",
    "range of a huge number": "{% for i in (1..huge) %}{% endfor %}",
    "doubling": "{% assign a = 'xxxxxxxx' %}" + DOUBLE * 40,
    "doubling by capture": "{% capture a %}x{% endcapture %}" + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 40,
    "doubling in a loop": "{% assign a = 'x' %}{% for i in (1..100) %}" + DOUBLE + "{% endfor %}",
    "replacing multiplies": "{{ long | replace: 'x', long }}",
    "replacing nothing multiplies": "{{ long | replace: '', long }}",
    "output": "{% for i in (1..1000) %}{{ long }}{% endfor %}",
    "keeping": "{% for i in (1..1000) %}{% assign a = long | split: '' %}{% endfor %}",
    "slow comparing": "{% for i in (1..10000) %}{% if long contains nearly %}{% endif %}{% endfor %}",
    "slow filters": "{% for i in (1..9999) %}{% assign a = long | upcase | squish | upcase | squish %}{% endfor %}",
    "numbers": "{% assign a = 9 %}{% for i in (1..100) %}{% assign a = a | times: a %}{% endfor %}",
    "deep nesting": "{% if 1 %}" * 200 + "{% endif %}" * 200,
    "deep brackets": "{{ " + "a[" * 1500 + "a" + "]" * 1500 + " }}",
    "long condition": "{% if " + "a and " * 650 + "a %}{% endif %}" + "{% for i in (1..100000) %}{% endfor %}",
    "many filters": "{{ long " + "| upcase " * 400 + "}}",
    "many tags": "{{ a }}" * 30_000,
    "open braces": "{{" * 400_000,
    "open tags": "{% if " * 200_000,
    "open raw": "{% raw %}" * 100_000,
    "open comments": "{% comment %}" * 19_000,
    "spaces in braces": ("{{ a" + " " * 3_900 + "b }}") * 500,
    "too long": "x" * 2_000_001,
    "huge number": "{{ '" + "9" * 3_000 + "' | times: 9 }}{% for i in (1..100000) %}{% endfor %}",
}
VALUES = {"long": LONG, "nearly": LONG + "y", "many": 10**9, "huge": "9" * 4_000, "a": {"a": 1}}


@pytest.mark.parametrize("escape", ["html", "text"])
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_soon_and_small(name, escape):
    tracemalloc.start()
    begun = time.thread_time()
    with pytest.raises(Invalid):
        compile_template(BOMBS[name], escape=escape).render(VALUES, NOW)
    spent = time.thread_time() - begun
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 4  # tracing memory makes it several times slower
    assert peak < 120_000_000


@pytest.mark.parametrize("source", ["{{ name }}", "{% if name %}{{ name }}{% endif %}"])
@pytest.mark.parametrize(
    "value", ["{{ secret }}", "{% for i in (1..1000000) %}x{% endfor %}", "{{ name }}", "{% include 'x' %}", "{{"]
)
def test_an_attribute_is_data_and_never_a_template(source, value):
    assert compile_template(source, escape="text").render({"name": value, "secret": "s3"}, NOW) == value


@pytest.mark.parametrize(
    "path", ["name.__class__", "name.upper", "items.append", "box.__dict__", "box.keys", "name.__class__.__mro__"]
)
@pytest.mark.parametrize("tree", ["", "{% if true %}{% endif %}", "{% assign t = 1 %}"])
def test_no_attribute_of_python_is_reached(path, tree):
    values = {"name": "x", "items": [1], "box": {"a": 1}}
    assert compile_template("{{ " + path + " }}" + tree, escape="text").render(values, NOW) == ""
