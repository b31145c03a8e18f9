"""The tree path: nodes of a template rendered for each recipient, as one part or as spans between static text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.expressions.loop import LoopExpression
from liquid.builtin.expressions.primitive import StringLiteral
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.decrement_tag import DecrementNode
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForNode
from liquid.builtin.tags.increment_tag import IncrementNode
from liquid.exceptions import LiquidError, LiquidInterrupt

from fairpost.engine.render import limits
from fairpost.engine.render.flat import Span
from fairpost.engine.render.grammar import Buffer, Context
from fairpost.engine.render.places import at_place, invalid_at
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

REMEMBERING = (AssignNode, CaptureNode, CycleNode, IncrementNode, DecrementNode)
RENDER_ERRORS = (LiquidError, ArithmeticError, ValueError, TypeError, LookupError, RecursionError, MemoryError)


def write_nodes(
    template: BoundTemplate,
    nodes: Sequence[Node],
    source: str,
    buffer: Buffer,
    values: Mapping[str, Any],
    moment: datetime,
    share: int = 1,
) -> None:
    """Renders nodes into a buffer piece by piece, with a `share`th of what one rendering may use up.

    Raises Invalid, with the place, for what cannot be filled.
    """
    context = Context(template, values, moment, share)
    for node in nodes:
        try:
            node.render(context, buffer)
        except LiquidInterrupt:
            return  # a break outside of any loop ends the text
        except RENDER_ERRORS as error:
            raise failed(error, source, node.token.start_index) from error


def tree_span(template: BoundTemplate, node: Node, source: str, share: int) -> Span:
    """A span of one node that needs its tree; only for nodes that are independent of each other."""
    alone = BoundTemplate(template.env, [node])

    def render(values: Mapping[str, Any], moment: datetime) -> str:
        buffer = Buffer(limits.MOST_OUTPUT // share)
        write_nodes(alone, alone.nodes, source, buffer, values, moment, share)
        return buffer.getvalue()

    names = frozenset(alone.analyze(include_partials=False).globals)
    return Span(name="", bare=False, pure=False, render=render, names=names, tree=True)


def are_independent(nodes: Sequence[Node]) -> bool:
    """Whether no node changes what another one prints."""
    return not any(isinstance(each, REMEMBERING) or _continues(each) for each in walk(nodes)) and not _stray(nodes)


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes, each before those within it."""
    for node in nodes:
        yield node
        yield from walk(inner(node))


def inner(node: Node) -> list[Node]:
    return list(node.children(None, include_partials=False))  # type: ignore[arg-type]


def failed(error: BaseException, source: str, offset: int) -> Invalid:
    """What to raise for an error of Liquid or of Python while reading or filling a template."""
    if isinstance(error, LiquidError):
        if error.token is not None and error.token.start_index >= 0:
            offset = error.token.start_index
        return invalid_at(at_place(source, offset), str(error.message))
    return invalid_at(at_place(source, offset), _("this cannot be worked out: {error}").format(error=error))


def _continues(node: Node) -> bool:
    """Whether this is a loop that goes on where one before it ended."""
    loops = (each for each in node.expressions() if isinstance(each, LoopExpression))
    return any(isinstance(each.offset, StringLiteral) for each in loops)


def _stray(nodes: Sequence[Node]) -> bool:
    """Whether there is a break or continue outside of any loop."""
    return any(
        isinstance(each, (BreakNode, ContinueNode)) or not isinstance(each, ForNode) and _stray(inner(each))
        for each in nodes
    )
