"""The Liquid that mails may use: python-liquid with few tags, our own filters and every limit set.

There is no loader, no include and no render, so a template reaches no file and no other template. Work is
counted in loops, look-ups, assignments and writes; processor time is asked every so often and ends a
rendering that is too long.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import StringIO
from typing import Any, TextIO

from liquid import Environment, FalsyStrictUndefined, Mode, RenderContext, TokenStream, Undefined
from liquid.ast import BlockNode, Node
from liquid.builtin import content, illegal
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    cycle_tag,
    decrement_tag,
    for_tag,
    if_tag,
    increment_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import (
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    ResourceLimitError,
)

from fairpost.engine.render import limits
from fairpost.engine.render.filters import filters_for
from fairpost.engine.render.values import ESCAPES, Escape, as_url
from fairpost.kernel.text import _

TICKS_BETWEEN_LOOKS = 256


class Buffer(StringIO):
    """Takes what a rendering writes, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(newline="")
        self.limit = limit
        self.size = 0

    def write(self, text: str) -> int:
        self.count(len(text))
        return super().write(text)

    def count(self, length: int) -> None:
        """Adds to what was written, and refuses what is too much."""
        self.size += length
        if self.size > self.limit:
            raise OutputStreamLimitError(_("the output is too long"), token=None)


class Context(RenderContext):
    """One rendering: its values, its moment and what it has used up."""

    __slots__ = ("assigned", "iterations", "moment", "share", "since", "ticks")

    def __init__(self, template: Any, values: Mapping[str, Any], moment: datetime, share: int = 1) -> None:
        super().__init__(template, globals={"now": moment, "today": moment, **values})
        self.share = share
        self.moment = moment
        self.ticks = 0
        self.iterations = 0
        self.assigned = 0
        self.since = time.thread_time()

    def tick(self) -> None:
        """Counts a step, and looks at the clock every so many."""
        self.ticks += 1
        if self.ticks % TICKS_BETWEEN_LOOKS == 0:
            self.look()

    def look(self) -> None:
        if time.thread_time() - self.since > limits.MOST_SECONDS / self.share:
            raise ResourceLimitError(_("the template takes too long"), token=None)

    def iterate(self) -> None:
        """Counts one turn of any loop."""
        self.iterations += 1
        if self.iterations > limits.MOST_ITERATIONS // self.share:
            raise LoopIterationLimitError(_("the loops take too many turns"), token=None)
        self.look()  # one turn may be thousands of tags

    def get(self, path: list[object], **options: Any) -> object:
        self.tick()
        return super().get(path, **options)

    def assign(self, key: str, val: Any) -> None:
        self.tick()
        self.assigned += weight(val)
        if self.assigned > limits.MOST_ASSIGNED // self.share:
            raise LocalNamespaceLimitError(_("the template assigns too much"), token=None)
        self.locals[key] = val

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        return Buffer(buf.limit - buf.size if isinstance(buf, Buffer) else limits.MOST_OUTPUT)


def weight(value: Any) -> int:
    """About how many characters an assigned value keeps."""
    if isinstance(value, (list, tuple)):
        return 8 + sum(weight(each) for each in value)
    return 8 + (len(value) if isinstance(value, str) else 0)


class BoundedRange(RangeLiteral):
    """A range is refused before anything walks through it."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> range:
        made = super().evaluate(context)
        if made.stop - made.start > limits.MOST_ITERATIONS:
            raise LoopIterationLimitError(_("a range is longer than 10,000"), token=self.token)
        return made


class CountedBlock(BlockNode):
    """The body of a loop, counted at each turn."""

    __slots__ = ()

    def render(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Context)
        context.iterate()
        return super().render(context, buffer)


class CountedFor(for_tag.ForTag):
    def parse(self, stream: TokenStream) -> Node:
        node = super().parse(stream)
        assert isinstance(node, for_tag.ForNode)
        node.block = CountedBlock(node.block.token, node.block.nodes)
        return node


class EscapedNode(OutputNode):
    """Prints a value escaped for the place that the environment is for."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Context) and isinstance(context.env, Grammar)
        context.tick()
        return buffer.write(context.env.escape(self.expression.evaluate(context)))


class UrlNode(EscapedNode):
    """In an address, what stands first is the address itself, and the rest are parts of it."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if buffer.tell():
            return super().render_to_output(context, buffer)
        return buffer.write(as_url(self.expression.evaluate(context)))


class EscapedOutput(Output):
    node_class = EscapedNode


class UrlOutput(Output):
    node_class = UrlNode


class MissingInCheck(FalsyStrictUndefined):
    """A missing attribute is an error when printed, unless `default` or a condition takes care of it."""

    force_liquid_default = True


TAGS = (
    content.Literal,
    illegal.Illegal,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    CountedFor,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    assign_tag.AssignTag,
    comment_tag.CommentTag,
    inline_comment_tag.InlineCommentTag,
    cycle_tag.CycleTag,
    increment_tag.IncrementTag,
    decrement_tag.DecrementTag,
)


class Grammar(Environment):
    """The Liquid of one place of output; made by `grammar`."""

    block_nesting_limit = limits.MOST_NESTING
    context_depth_limit = limits.MOST_NESTING + 10
    loop_iteration_limit = limits.MOST_ITERATIONS

    def __init__(self, mode: Escape, strict: bool) -> None:
        self.place: Escape = mode
        self.escape = ESCAPES[mode]
        missing = MissingInCheck if strict else Undefined
        super().__init__(tolerance=Mode.STRICT, undefined=missing, autoescape=mode == "html")

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for each in TAGS:
            self.add_tag(each)
        self.add_tag(UrlOutput if self.place == "url" else EscapedOutput)
        if self.place != "url":
            # What is captured is escaped already; in an address it would be encoded twice.
            self.add_tag(capture_tag.CaptureTag)
        for name, function in filters_for(self.place).items():
            self.add_filter(name, function)


@cache
def grammar(mode: Escape, strict: bool = False) -> Grammar:
    """The one environment for a place; `strict` makes missing attributes errors."""
    return Grammar(mode, strict)
