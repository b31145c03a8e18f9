"""Every element is closed, and by its own end tag, so that parsers agree on what belongs to what."""

from __future__ import annotations

from collections.abc import Sequence

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import Piece, names
from fairpost.kernel.text import _

# Deeper trees crash the recursive printers of the libraries behind this.
MAX_DEPTH = 120

# Elements whose end tag HTML lets one leave out (WHATWG, 13.1.2.4), with what ends them; MJML and its inside
# do not.
IMPLIED: dict[str, frozenset[str]] = {
    "p": names("p div table ul ol dl h1 h2 h3 h4 h5 h6 hr blockquote pre section article header footer"),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
    "thead": frozenset({"tbody", "tfoot"}),
    "tbody": frozenset({"tbody", "tfoot"}),
    "tfoot": frozenset({"tbody"}),
    "option": frozenset({"option"}),
    "head": frozenset({"body"}),
    "body": frozenset(),
    "html": frozenset(),
}


def check_structure(pieces: Sequence[Piece], findings: Findings) -> None:
    """Adds what is not closed, closed twice or nested too deep. What only Outlook sees is left alone: its
    tables open in one condition and close in another."""
    open_elements: list[Piece] = []
    for piece in pieces:
        if piece.conditional:
            continue
        if piece.kind == "start":
            while open_elements and piece.name in IMPLIED.get(open_elements[-1].name, ()):
                open_elements.pop()
            open_elements.append(piece)
            if len(open_elements) > MAX_DEPTH:
                message = _("Elements are nested deeper than {most} levels here.").format(most=MAX_DEPTH)
                findings.add("nested-too-deep", piece.start, message)
                return
        elif piece.kind == "end":
            close(piece, open_elements, findings)
    for each in open_elements:
        unclosed(each, findings)


def close(end: Piece, open_elements: list[Piece], findings: Findings) -> None:
    names = [each.name for each in open_elements]
    if end.name not in names:
        if end.name != "p":  # a stray </p> is an empty paragraph to every parser
            findings.add("stray-end-tag", end.start, _("</{name}> closes nothing.").format(name=end.name))
        return
    while open_elements[-1].name != end.name:
        unclosed(open_elements.pop(), findings)
    open_elements.pop()


def unclosed(element: Piece, findings: Findings) -> None:
    if element.name not in IMPLIED:
        message = _("<{name}> is never closed by </{name}>.").format(name=element.name)
        findings.add("unclosed-tag", element.start, message)
