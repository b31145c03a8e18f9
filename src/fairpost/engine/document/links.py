"""Every link of a mail is found, judged and replaced by a variable that the platform fills for each
recipient.
"""

from __future__ import annotations

import html
import re

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import Piece, read_markup
from fairpost.engine.document.masks import Masks
from fairpost.engine.ports import Link

# These are links of the platform already, or no web pages.
UNTOUCHED = re.compile(r"#|(?:mailto|tel|sms):|\{\{-?\s*(?:unsubscribe_url|preferences_url|view_url)\b", re.IGNORECASE)
BARE_ADDRESS = re.compile(r"https?://(?:\{\{[^{}]*\}\}|[^\s<>\"'(){}])+(?<![.,;:!?])", re.IGNORECASE)


class Links:
    """The links of one mail in order of appearance; equal ones inside Outlook's conditions and texts share a
    number.
    """

    def __init__(self, masks: Masks, donation_prefixes: tuple[str, ...]) -> None:
        self.masks = masks
        self.donation_prefixes = tuple(each.lower() for each in donation_prefixes)
        self.links: list[Link] = []

    def add(self, url: str, donation: bool, share: bool = False) -> int:
        """The number of the link, new unless `share` and the same address is there already."""
        link = Link(url, donation or url.lower().startswith(self.donation_prefixes))
        if share:
            for number, each in enumerate(self.links):
                if each.url == url:
                    return number
        self.links.append(link)
        return len(self.links) - 1

    def rewrite_page(self, page: str, donation_mark: str) -> str:
        """The page (Liquid masked) with `{{ _link_N }}`, masked, in each tracked href. `donation_mark`
        begins the hrefs of elements that the author marked."""
        pieces = read_markup(page, Findings("", "body"))
        replaced: list[tuple[int, int, str]] = []
        for conditional in (False, True):
            for piece in pieces:
                if piece.conditional == conditional and piece.kind in ("start", "empty"):
                    replaced += self.rewritten_hrefs(piece, donation_mark)
        return spliced(page, replaced)

    def rewritten_hrefs(self, piece: Piece, donation_mark: str) -> list[tuple[int, int, str]]:
        edits = []
        for attribute in piece.attributes:
            if attribute.name != "href":
                continue
            value = attribute.value.replace(donation_mark, "")
            donation = value != attribute.value or piece.value("data-donation") is not None
            url = self.masks.restore(html.unescape(value)).strip()
            if UNTOUCHED.match(url):
                replacement = value
            else:
                number = self.add(url, donation, share=piece.conditional)
                replacement = self.masks.word(f"{{{{ _link_{number} }}}}")
            edits.append((attribute.start, attribute.end, replacement))
        return edits

    def rewrite_text(self, text: str) -> str:
        """An author's own plain text (Liquid as it is) with the variable for each web address in it."""
        return BARE_ADDRESS.sub(lambda match: f"{{{{ _link_{self.add(match[0], False, share=True)} }}}}", text)


def spliced(text: str, edits: list[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, replacement) done; they must not overlap."""
    parts, position = [], 0
    for start, end, replacement in sorted(edits):
        parts += [text[position:start], replacement]
        position = end
    return "".join([*parts, text[position:]])
