"""The flat path: one plain output of a template as one function from attributes to escaped text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import Literal
from liquid.exceptions import LiquidError

from fairpost.engine.render.grammar import EscapedNode, Grammar, UrlNode
from fairpost.engine.render.places import at_place, invalid_at
from fairpost.engine.render.values import as_url
from fairpost.kernel.text import _

MEANT = frozenset({"size", "first", "last"})  # the tree gives these a meaning of their own

Step = tuple[Callable[..., Any], list[Any], dict[str, Any], bool]


@dataclass(frozen=True, slots=True)
class Span:
    """One output. `name` is the outside name it starts from ("" for a literal).

    `bare` says that it is `{{ name }}` and nothing else; `pure` that equal values of `name` give equal text; `tree`
    that it is rendered by Liquid itself, and then `name` is "". `names` are all outside names it uses.
    """

    name: str
    bare: bool
    pure: bool
    render: Callable[[Mapping[str, Any], datetime], str]
    names: frozenset[str]
    tree: bool = False


def flat_span(node: EscapedNode, template: BoundTemplate, source: str, *, strict: bool, first: bool) -> Span | None:
    """The span of an output, or None where it needs the tree. `first` says that nothing stands before it."""
    expression = node.expression
    if not isinstance(expression, FilteredExpression):
        return None
    context = RenderContext(template)
    path = _path(expression.left)
    if path is None and not isinstance(expression.left, Literal):
        return None
    steps: list[Step] = []
    for each in expression.filters or []:
        if not all(isinstance(arg.value, Literal) for arg in each.args):
            return None
        positional, keywords = each.evaluate_args(context)
        function = template.env.filters[each.name]
        steps.append((function, positional, keywords, getattr(function, "with_context", False)))
    assert isinstance(template.env, Grammar)
    escape = as_url if first and isinstance(node, UrlNode) else template.env.escape
    place = at_place(source, expression.token.start_index)
    needed = path[0] if path and strict and not _has_default(expression) else ""
    get = _getter(path) if path else _constant(expression.left.evaluate(context))
    return Span(
        name=path[0] if path else "",
        bare=bool(path) and len(path or ()) == 1 and not steps,
        pure=bool(path) and (path or ("",))[0] not in ("now", "today") and not any(s[3] for s in steps),
        render=_renderer(get, steps, escape, place, needed),
        names=frozenset(path[:1]) if path else frozenset(),
    )


def _path(left: Any) -> tuple[str, ...] | None:
    if not isinstance(left, Path) or not all(isinstance(each, str) for each in left.path):
        return None
    if MEANT.intersection(left.path[1:]):
        return None
    return tuple(str(each) for each in left.path)


def _has_default(expression: FilteredExpression) -> bool:
    return any(each.name == "default" for each in expression.filters or [])


def _constant(value: Any) -> Callable[[Mapping[str, Any], datetime], Any]:
    return lambda values, moment: value


def _getter(path: tuple[str, ...]) -> Callable[[Mapping[str, Any], datetime], Any]:
    root, rest = path[0], path[1:]
    if root in ("now", "today"):
        return lambda values, moment: values.get(root, moment) if not rest else None

    def get(values: Mapping[str, Any], moment: datetime) -> Any:
        value = values.get(root)
        for each in rest:
            value = value.get(each) if isinstance(value, Mapping) else None
        return value

    return get


def _renderer(
    get: Callable[[Mapping[str, Any], datetime], Any],
    steps: list[Step],
    escape: Callable[[Any], str],
    place: tuple[int, int],
    needed: str,
) -> Callable[[Mapping[str, Any], datetime], str]:
    def render(values: Mapping[str, Any], moment: datetime) -> str:
        if needed and needed not in values and needed not in ("now", "today"):
            raise invalid_at(place, _("no contact has an attribute {name}").format(name=needed))
        try:
            value = get(values, moment)
            for function, positional, keywords, timed in steps:
                if timed:
                    keywords = {**keywords, "context": SimpleNamespace(moment=moment)}
                value = function(value, *positional, **keywords)
            return escape(value)
        except LiquidError as error:
            raise invalid_at(place, str(error.message)) from error
        except (ArithmeticError, ValueError, TypeError, LookupError) as error:
            raise invalid_at(place, _("this cannot be worked out: {error}").format(error=error)) from error

    return render
