"""CSS moves into the elements it is meant for, and nothing is fetched for it."""

from __future__ import annotations

import re

import css_inline

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import read_markup

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)
IMPORT = re.compile(r"@import[^;]*;", re.IGNORECASE)

INLINER = css_inline.CSSInliner(
    load_remote_stylesheets=False, keep_at_rules=True, keep_style_tags=False, keep_link_tags=False
)


def inline_styles(page: str) -> str:
    """The page with its rules in `style` attributes; at-rules (media queries) stay in `<style>`.

    Links to stylesheets and web fonts, also those the MJML converter adds, are taken out before. Raises
    css_inline.InlineError where the CSS cannot be read.
    """
    return INLINER.inline(without_remote(page))


def without_remote(page: str) -> str:
    kept = []
    for piece in read_markup(page, Findings("", "body")):
        text = page[piece.start : piece.end]
        if piece.name == "link":
            continue
        if piece.kind == "raw" and piece.name == "style":
            text = IMPORT.sub("", FONT_FACE.sub("", text))
        kept.append(text)
    return "".join(kept)
