"""MJML becomes HTML without a file read or a request, and errors keep the author's lines and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mrml

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import Piece, names, read_markup
from fairpost.engine.document.masks import Masks
from fairpost.kernel.text import _

CONTENT = names(
    "mj-accordion mj-button mj-carousel mj-divider mj-image mj-navbar mj-raw mj-social mj-spacer mj-table mj-text"
)
HEAD = names("mj-attributes mj-breakpoint mj-font mj-preview mj-style mj-title mj-raw")
BLOCKS = names("mj-section mj-wrapper mj-hero mj-raw")

# What may stand inside each element; the grammar of MJML 4. Elements not named as a key hold no other MJML.
CHILDREN: dict[str, frozenset[str]] = {
    "": frozenset({"mjml"}),
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": HEAD,
    "mj-body": BLOCKS,
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": CONTENT,
    "mj-hero": CONTENT,
    "mj-accordion": frozenset({"mj-accordion-element"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-navbar-link"}),
    "mj-social": frozenset({"mj-social-element"}),
}
# They hold HTML, which the converter's XML reader never sees: it is put back afterwards as it was written.
HTML_INSIDE = names(
    "mj-text mj-button mj-table mj-raw mj-navbar-link mj-social-element mj-accordion-title mj-accordion-text"
)
TEXT_INSIDE = frozenset({"mj-title", "mj-preview", "mj-style"})
KNOWN = frozenset(CHILDREN) | frozenset().union(*CHILDREN.values()) | HTML_INSIDE

PARSER = mrml.ParserOptions(include_loader=mrml.noop_loader())
UNKNOWN_LANGUAGE = 'lang="und"'
# The converter's own rules for all tables and images: put into each of them they would be a fifth of the mail.
RESET = re.compile(r"<style[^>]*>\s*#outlook a.*?</style>", re.DOTALL)


class ConversionFailed(Exception):
    """The converter refused what the checks let through."""


@dataclass(frozen=True, slots=True)
class Element:
    """An MJML tag where it stands, with the HTML or text inside it (offsets) where it holds that."""

    piece: Piece
    ancestors: tuple[str, ...]
    inside: tuple[int, int] | None = None


def elements(pieces: Sequence[Piece]) -> Iterator[Element]:
    """What MJML itself is made of, in order; an element that holds HTML or text comes whole, then its end
    tag.
    """
    open_names: list[str] = []
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        ancestors = tuple(open_names)
        inside = None
        if piece.kind == "end" and open_names:
            open_names.pop()
        elif piece.kind == "start" and piece.name in HTML_INSIDE | TEXT_INSIDE and "mj-attributes" not in ancestors:
            index = end_of(pieces, index)
            inside = (piece.end, pieces[index].start if pieces[index].kind == "end" else piece.end)
        elif piece.kind == "start":
            open_names.append(piece.name)
        yield Element(piece, ancestors, inside)
        index += 1


def end_of(pieces: Sequence[Piece], start: int) -> int:
    """The index of the end tag that belongs to the start tag at index `start`; the last index where there is
    none.
    """
    name, depth = pieces[start].name, 0
    for index in range(start, len(pieces)):
        if pieces[index].name == name and pieces[index].kind in ("start", "end"):
            depth += 1 if pieces[index].kind == "start" else -1
            if depth == 0:
                return index
    return len(pieces) - 1


def check_mjml(pieces: Sequence[Piece], source: str, blank: str, findings: Findings) -> None:
    """Adds each element and text that stands where MJML has no place for it, and would be lost or
    misprinted.
    """
    body = False
    for element in elements(pieces):
        piece = element.piece
        body = body or piece.name == "mj-body"
        if piece.kind in ("start", "empty"):
            check_place(piece, element.ancestors, findings)
        elif piece.kind == "text" and element.ancestors and element.ancestors[-1] in CHILDREN:
            text = source[piece.start : piece.end].replace(blank, " ")
            if text.strip():
                offset = piece.start + len(text) - len(text.lstrip())
                findings.add("mjml", offset, _("Text must stand inside mj-text."))
    if not body:
        findings.add("mjml", 0, _("MJML needs <mjml> with <mj-body> in it."))


def check_place(piece: Piece, ancestors: tuple[str, ...], findings: Findings) -> None:
    name, parent = piece.name, ancestors[-1] if ancestors else ""
    if "mj-attributes" in ancestors or name == "mj-include" or name in CHILDREN.get(parent, ()):
        return
    if not name.startswith("mj"):
        message = _("<{name}> must stand inside mj-text, mj-table or mj-raw.").format(name=name)
    elif name not in KNOWN:
        message = _("There is no MJML element {name}.").format(name=name)
    elif not parent:
        message = _("{name} must stand inside <mjml>.").format(name=name)
    else:
        message = _("{name} cannot stand in {parent}.").format(name=name, parent=parent)
    findings.add("mjml", piece.start, message)


def convert(masked: str, masks: Masks, language: str, preheader: bool) -> str:
    """The HTML of a checked source whose Liquid is masked. Raises ConversionFailed with the converter's own
    words.

    With `preheader`, the mail has one of its own and mj-preview is left out.
    """
    inner = Masks(masked, masks.prefix)
    pieces = read_markup(masked, Findings("", "body"))
    clean = "".join(
        rewritten(each, masked, masks, inner)
        for each in elements(pieces)
        if not (preheader and each.piece.name == "mj-preview")
    )
    try:
        page = mrml.to_html(clean, PARSER, mrml.RenderOptions(fonts={})).content
    except OSError as error:
        raise ConversionFailed(str(error)) from error
    except BaseException as error:  # a panic of the converter is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise ConversionFailed(_("the converter failed on it")) from error
    page = RESET.sub(lambda match: masks.comment(match[0]), page, count=1)
    return inner.restore(page).replace(UNKNOWN_LANGUAGE, f'lang="{language}"')


def rewritten(element: Element, masked: str, masks: Masks, inner: Masks) -> str:
    """One element as strict XML for the converter, what it holds hidden, comments other than masks left
    out.
    """
    piece = element.piece
    if piece.kind == "comment":
        comment = masked[piece.start : piece.end]
        return comment if masks.pattern.fullmatch(comment) else ""
    if piece.kind == "end":
        return f"</{piece.name}>"
    if piece.kind not in ("start", "empty") or piece.name == "mj-font":
        return ""
    attributes = "".join(
        f' {each.name}="{each.value.replace(chr(34), "&quot;").replace("<", "&lt;")}"' for each in piece.attributes
    )
    if piece.kind == "empty":
        return f"<{piece.name}{attributes}/>"
    if element.inside is None:
        return f"<{piece.name}{attributes}>"
    content = masked[slice(*element.inside)]
    if piece.name == "mj-raw":
        content = inner.comment(content)
    elif piece.name in HTML_INSIDE and content.strip():
        content = inner.word(content)
    return f"<{piece.name}{attributes}>{content}</{piece.name}>"
