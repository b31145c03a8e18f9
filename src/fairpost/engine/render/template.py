"""A template is read once, checked and made ready to be filled for millions of recipients.

Templates whose outputs are plain `{{ name | filter: literal }}` become alternating static strings and
functions (the flat path); the rest keep their tree, which is rendered for each recipient. Both give the
same text.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.expressions.arguments import KeywordArgument
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.inline_comment_tag import InlineCommentNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from fairpost.engine.render import limits
from fairpost.engine.render.flat import Span, flat_span
from fairpost.engine.render.grammar import BoundedRange, Buffer, EscapedNode, grammar
from fairpost.engine.render.places import at_place, invalid_at
from fairpost.engine.render.tree import are_independent, failed, tree_span, walk, write_nodes
from fairpost.engine.render.values import Escape
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

_OPENING = re.compile(r"\{\{|\{%")
_TAG_NAME = re.compile(r"\{%-?\s*(\w*)")
_LITERAL_BLOCKS = frozenset({"raw", "doc"})
_BLOCKS = frozenset({"if", "unless", "case", "for", "capture", "comment"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that a template takes from outside, at a place in its source (line and column from 1)."""

    name: str
    line: int
    column: int
    offset: int


class Spans:
    """A compiled template. `flat` says whether `statics` and `spans` hold all of it, alternating.

    `names` are the outside names it uses; `contents` are the static texts of its tree.
    """

    __slots__ = ("_nodes", "_template", "_share", "contents", "escape", "flat", "names", "source", "spans", "statics")

    def __init__(self, source: str, escape: Escape, strict: bool, template: BoundTemplate) -> None:
        self.source = source
        self.escape = escape
        self._template = template
        self._nodes = template.nodes
        self.names = frozenset(template.analyze(include_partials=False).globals)
        self.contents = frozenset(each.text for each in walk(self._nodes) if isinstance(each, ContentNode))
        self.statics = [""]
        self.spans: list[Span] = []
        # An address's first output is special, and spans know nothing of what stands before them.
        apart = escape != "url" and are_independent(self._nodes)
        flat = [self._flat(each, strict) for each in self._nodes]
        self._share = max(1, flat.count(None))
        self.flat = (apart and self._share <= limits.MOST_TREES) or None not in flat
        if self.flat:
            self._lay_out(flat)

    def _flat(self, node: Node, strict: bool) -> str | Span | None:
        """The static text or span that a node is, or None where it needs its tree."""
        if isinstance(node, ContentNode):
            return node.text
        if isinstance(node, (CommentNode, InlineCommentNode)):
            return ""
        if not isinstance(node, EscapedNode):
            return None
        first = all(isinstance(each, ContentNode) and not each.text.strip() for each in self._before(node))
        return flat_span(node, self._template, self.source, strict=strict, first=first)

    def _before(self, node: Node) -> Iterator[Node]:
        return takewhile(lambda each: each is not node, self._nodes)

    def _lay_out(self, flat: Sequence[str | Span | None]) -> None:
        """Makes statics and spans alternate."""
        for node, made in zip(self._nodes, flat, strict=True):
            if isinstance(made, str):
                self.statics[-1] += made
                continue
            self.spans.append(made or tree_span(self._template, node, self.source, self._share))
            self.statics.append("")

    def render(self, values: Mapping[str, Any], moment: datetime) -> str:
        """The text for one recipient, escaped; raises Invalid, with the place, for what cannot be filled."""
        if self.flat:
            parts = [self.statics[0]]
            for span, static in zip(self.spans, self.statics[1:], strict=True):
                parts += (span.render(values, moment), static)
            return "".join(parts)
        buffer = Buffer(limits.MOST_OUTPUT)
        self.write(buffer, values, moment)
        return buffer.getvalue()

    def write(self, buffer: Buffer, values: Mapping[str, Any], moment: datetime) -> None:
        """Renders the tree into a buffer, piece by piece as the template has them."""
        write_nodes(self._template, self._nodes, self.source, buffer, values, moment)


def compile_template(source: str, *, escape: Escape, strict: bool = False) -> Spans:
    """Reads a template for one place of output.

    `strict` makes printing a missing attribute an error, for checks; otherwise it prints nothing. Raises
    Invalid, with line and column, for what Liquid cannot read, a tag or filter that mails do not have and a
    limit.
    """
    _scan(source)
    try:
        template = grammar(escape, strict).from_string(source)
        for node in walk(template.nodes):
            for expression in node.expressions():
                _check(expression, template, source)
    except (LiquidError, RecursionError) as error:
        raise failed(error, source, 0) from error
    return Spans(source, escape, strict, template)


def variables(source: str) -> tuple[Variable, ...]:
    """The outside names that a template uses, one for each use, in order. Raises Invalid as `compile_template`."""
    compile_template(source, escape="text")
    found = grammar("text").from_string(source).analyze(include_partials=False).globals
    uses = [(use.span.index, name) for name, places in found.items() for use in places]
    return tuple(Variable(name, *at_place(source, offset), offset=offset) for offset, name in sorted(uses))


def _scan(source: str) -> None:
    """Refuses, in linear time, what the tokenizer behind would take quadratic time for."""
    if len(source) > limits.MOST_SOURCE:
        raise Invalid(_("The template is longer than {most} characters.").format(most=limits.MOST_SOURCE))
    position = tags = 0
    open_blocks: list[tuple[str, int]] = []
    while match := _OPENING.search(source, position):
        start = match.start()
        closing = "}}" if match[0] == "{{" else "%}"
        end = source.find(closing, start + 2)
        tags += 1
        if end < 0:
            why = _("{opening} is never closed by {closing}").format(opening=match[0], closing=closing)
        elif end - start > limits.MOST_TAG:
            why = _("what stands between the braces is longer than {most}").format(most=limits.MOST_TAG)
        elif tags > limits.MOST_TAGS:
            why = _("there are more than {most} outputs and tags").format(most=limits.MOST_TAGS)
        elif (name := _tag_name(source, start)) in _LITERAL_BLOCKS:
            why = _("there is no tag {name} in mails").format(name=name)
        else:
            _follow(open_blocks, name, start)
            position = end + 2
            continue
        raise invalid_at(at_place(source, start), why)
    if open_blocks:
        name, start = open_blocks[-1]
        raise invalid_at(at_place(source, start), _("{name} is never closed by end{name}").format(name=name))


def _tag_name(source: str, start: int) -> str:
    match = _TAG_NAME.match(source, start)
    return match[1] if match else ""


def _follow(open_blocks: list[tuple[str, int]], name: str, start: int) -> None:
    """Keeps the stack of blocks that are open; within a comment only comments count."""
    innermost = open_blocks[-1][0] if open_blocks else ""
    if name in _BLOCKS and (innermost != "comment" or name == "comment"):
        open_blocks.append((name, start))
    elif innermost and name == f"end{innermost}":
        open_blocks.pop()


def _check(expression: Expression, template: BoundTemplate, source: str) -> None:
    """Refuses unknown and too many filters and wrong arguments, and bounds every range."""
    if isinstance(expression, RangeLiteral):
        expression.__class__ = BoundedRange
    if isinstance(expression, FilteredExpression):
        filters = expression.filters or []
        if len(filters) > limits.MOST_FILTERS:
            why = _("more than {most} filters on one value").format(most=limits.MOST_FILTERS)
            raise invalid_at(at_place(source, expression.token.start_index), why)
        for each in filters:
            function = template.env.filters.get(each.name)
            if function is None:
                why = _("there is no filter {name} in mails").format(name=each.name)
                raise invalid_at(at_place(source, each.token.start_index), why)
            keywords = {a.name: None for a in each.args if isinstance(a, KeywordArgument)}
            if not _accepts(function, len(each.args) - len(keywords), keywords):
                why = _("the filter {name} does not take these arguments").format(name=each.name)
                raise invalid_at(at_place(source, each.token.start_index), why)
    for child in expression.children():
        _check(child, template, source)


def _accepts(function: Callable[..., Any], positional: int, keywords: dict[str, None]) -> bool:
    if getattr(function, "with_context", False):
        function = partial(function, context=None)
    try:
        inspect.signature(function).bind(None, *[None] * positional, **keywords)
    except TypeError:
        return False
    return True


__all__ = ["Span", "Spans", "Variable", "compile_template", "variables"]
