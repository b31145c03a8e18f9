"""The author's MJML or HTML, read once: its Liquid, its tags, what is wrong with it, and its masked form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.links import spliced
from fairpost.engine.document.liquid import Span, spans
from fairpost.engine.document.markup import Attribute, Piece, read_markup
from fairpost.engine.document.masks import Masks, as_comment
from fairpost.engine.document.mjml import check_mjml
from fairpost.engine.document.safety import check_safety
from fairpost.engine.document.structure import check_structure
from fairpost.engine.document.variables import check_address, check_texts, check_variables
from fairpost.kernel.text import _

# Stands for each character of Liquid while tags are read, so that offsets stay; a code point that no text
# may use.
BLANK = "\ufdd0"
PLATFORM_LINKS = frozenset({"unsubscribe_url", "preferences_url", "view_url"})
SAME_FOR_ALL = PLATFORM_LINKS | {"donation_reference"}
WORD = re.compile(r"[A-Za-z_][\w-]*")
LIQUID_TEXT = frozenset({"title", "mj-title", "mj-preview"})


class Body:
    """One source with its findings. `masked` and `footer_words` are there after `mask`."""

    def __init__(self, code: str, is_mjml: bool) -> None:
        self.code = code
        self.is_mjml = is_mjml
        self.findings = Findings(code, "body")
        self.spans = spans(code, self.findings)
        self.blanked = blanked(code, self.spans)
        self.pieces = read_markup(self.blanked, self.findings)
        self.words: dict[int, str] = {}
        self.locals: frozenset[str] = frozenset()
        self.captures = any(each.name == "capture" for each in self.spans)

    @property
    def end(self) -> int:
        """Where something that is missing could be added: before the end of the body."""
        ends = [each.start for each in self.pieces if each.kind == "end" and each.name in ("body", "mj-body")]
        return ends[-1] if ends else len(self.code)

    def check(self, known_attributes: frozenset[str] | None) -> None:
        """Adds all that the source alone shows."""
        if not self.findings.errors:
            analysis = check_variables(self.code, self.spans, known_attributes, "html", self.findings)
            self.locals = frozenset(analysis.locals) if analysis else frozenset()
        check_texts(self.code, self.spans, self.findings)
        check_structure(self.pieces, self.findings)
        check_safety(self.pieces, self.blanked, BLANK, self.findings)
        for span, piece in self.placed_spans():
            self.check_place(span, piece)
        for piece in self.pieces:
            self.check_image(piece)
            self.check_links(piece)
        if self.is_mjml and not self.findings.errors:
            check_mjml(self.pieces, self.blanked, BLANK, self.findings)

    def placed_spans(self) -> Iterator[tuple[Span, Piece]]:
        """Each piece of Liquid with the piece of markup that holds it."""
        pieces = iter(self.pieces)
        piece = next(pieces, None)
        for span in self.spans:
            while piece and piece.end <= span.start:
                piece = next(pieces, None)
            if piece:
                yield span, piece

    def check_place(self, span: Span, piece: Piece) -> None:
        if piece.kind == "text":
            if self.code[: span.start].endswith("<"):
                self.findings.add("liquid-place", span.start, _("Liquid cannot make a tag; write &lt; for a plain <."))
        elif piece.kind in ("start", "empty"):
            if not attribute_of(span, piece):
                message = _("Inside a tag, Liquid can stand only in the value of an attribute, in quotes.")
                self.findings.add("liquid-place", span.start, message)
            elif self.captures and self.locals & set(WORD.findall(self.code, span.start, span.end)):
                message = _("What was captured or assigned beside a capture can be markup; no attribute can hold it.")
                self.findings.add("liquid-place", span.start, message)
        elif not (piece.kind == "raw" and piece.name in LIQUID_TEXT):
            message = _("Liquid cannot stand in a comment, in CSS or in an end tag.")
            self.findings.add("liquid-place", span.start, message)

    def check_image(self, piece: Piece) -> None:
        if piece.name in ("img", "mj-image") and piece.kind != "end" and piece.value("alt") is None:
            message = _('This image has no alternative text; write alt="..." (alt="" for mere decoration).')
            self.findings.add("image-alt", piece.start, message)

    def check_links(self, piece: Piece) -> None:
        href = next((each for each in piece.attributes if each.name == "href"), None)
        if href is None:
            mark = next((each for each in piece.attributes if each.name == "data-donation"), None)
            if mark:
                message = _("data-donation has an effect only on an element with href.")
                self.findings.add("donation-mark", mark.offset, message)
            return
        found = self.spans_in(href)
        if found:
            check_address(self.code[href.start : href.end], href.start, self.findings)
        for span in found:
            if span.start == href.start and span.name not in PLATFORM_LINKS:
                message = _("The whole address comes from a variable, so it cannot be checked before it is sent.")
                self.findings.add("link-variable", span.start, message)
            elif span.kind == "output" and span.name not in SAME_FOR_ALL:
                message = _("An address with an attribute of the contact in it stays direct: clicks are not counted.")
                self.findings.add("link-variable", span.start, message)

    def spans_in(self, attribute: Attribute) -> list[Span]:
        if BLANK not in attribute.value:
            return []
        return [each for each in self.spans if attribute.start <= each.start < attribute.end]

    def mask(self, masks: Masks, footer: Mapping[str, tuple[str, str]], donation_mark: str) -> str:
        """The source with its Liquid masked, `footer` variables (HTML and plain text of each) filled, plain
        comments left out and the donation mark put before the address of each marked link."""
        edits = []
        for span, piece in self.placed_spans():
            code = self.code[span.start : span.end]
            word = masks.word(*footer.get(span.name, (code,))) if span.kind == "output" else masks.word(code)
            self.words[span.start] = word
            edits.append((span.start, span.end, as_comment(word) if piece.kind == "text" else word))
        for piece in self.pieces:
            if piece.kind == "comment" or piece.kind == "declaration" and not self.is_doctype(piece):
                edits.append((piece.start, piece.end, ""))
            elif piece.value("data-donation") is not None:
                edits += [(each.start, each.start, donation_mark) for each in piece.attributes if each.name == "href"]
        return spliced(self.code, edits)

    def is_doctype(self, piece: Piece) -> bool:
        return self.code[piece.start : piece.start + 9].lower() == "<!doctype"

    def words_of(self, variable: str) -> list[str]:
        return [self.words[each.start] for each in self.spans if each.name == variable and each.start in self.words]

    def check_kept(self, page: str) -> None:
        """Adds each piece of Liquid that the conversion has lost on its way to `page`."""
        for span in self.spans:
            word = self.words.get(span.start)
            if word and word not in page:
                self.findings.add("liquid-place", span.start, _("Liquid cannot stand here; it would be lost."))


def attribute_of(span: Span, piece: Piece) -> Attribute | None:
    return next((each for each in piece.attributes if each.start <= span.start < each.end), None)


def blanked(code: str, found: list[Span]) -> str:
    return spliced(
        code.replace(BLANK, "?"), [(each.start, each.end, BLANK * (each.end - each.start)) for each in found]
    )
