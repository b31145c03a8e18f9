"""Nothing in a mail runs, asks for input or is fetched while the mail is being made."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from fairpost.engine.document.findings import Findings
from fairpost.engine.document.markup import Piece, names
from fairpost.kernel.text import _

FORBIDDEN = names(
    "script iframe frame frameset object embed applet base form input button textarea select dialog portal "
    "template noscript plaintext xmp noembed noframes audio video source track svg math slot canvas"
)
LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# What browsers drop from inside an address before they read its scheme (WHATWG URL, 4.4).
IGNORED = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CSS_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})[ \t\r\n\f]?|\\(.)", re.IGNORECASE | re.DOTALL)
ACTIVE_CSS = re.compile(r"expression\s*\(|-moz-binding|behavior\s*:|javascript:|vbscript:", re.IGNORECASE)
IMPORT = re.compile(r"@import", re.IGNORECASE)
REMOTE_FONT = re.compile(r"@font-face\s*\{[^}]*url\s*\(", re.IGNORECASE)
LINK_ATTRIBUTES = frozenset({"href", "xlink:href"})
SOURCE_ATTRIBUTES = frozenset({"src", "background", "background-url", "poster", "lowsrc", "dynsrc", "thumbnails-src"})
ACTIVE_ATTRIBUTES = frozenset({"action", "formaction", "srcdoc", "http-equiv", "ping", "manifest"})
# Presentation that MJML sets itself (`http-equiv` in its head) is not the author's.
HARMLESS_META = frozenset({"content-type", "x-ua-compatible", "content-language"})


def check_safety(pieces: Sequence[Piece], source: str, blank: str, findings: Findings) -> None:
    """Adds what is refused, at its place in `source`; Liquid is overwritten with `blank` characters."""
    for piece in pieces:
        if piece.kind in ("start", "empty"):
            check_element(piece, findings)
            for attribute in piece.attributes:
                check_attribute(piece, attribute.name, attribute.value, attribute.offset, blank, findings)
        elif piece.kind == "raw" and piece.name in ("style", "mj-style"):
            check_css(source[piece.start : piece.end], piece.start, findings)


def check_element(piece: Piece, findings: Findings) -> None:
    if piece.name == "mj-include":
        message = _("mj-include is refused: no file or address is read for a mail. Put the content here.")
        findings.add("mjml-include", piece.start, message)
    elif piece.name == "mj-font":
        message = _("Web fonts are not fetched: the mail uses the next font of the list.")
        findings.add("remote-font", piece.start, message)
    elif piece.name == "link" and not (piece.conditional and not piece.value("href")):
        message = _("<link> is refused: nothing is fetched for a mail. Put the rules into <style>.")
        findings.add("remote-stylesheet", piece.start, message)
    elif piece.name.split(":")[-1] in FORBIDDEN and not (piece.conditional and piece.name == "noscript"):
        findings.add("forbidden-element", piece.start, _("<{name}> is refused in mails.").format(name=piece.name))


def check_attribute(piece: Piece, name: str, value: str, offset: int, blank: str, findings: Findings) -> None:
    if name.startswith("on") and len(name) > 2 and not piece.name.startswith("mj-"):
        findings.add("event-handler", offset, _("{name} is refused: scripts do not run in mails.").format(name=name))
    elif name in ACTIVE_ATTRIBUTES and html.unescape(value).strip().lower() not in HARMLESS_META:
        findings.add("forbidden-element", offset, _("{name} is refused in mails.").format(name=name))
    elif name == "style":
        check_css(html.unescape(value), offset, findings)
    elif piece.name != "link" and name in LINK_ATTRIBUTES and not piece.name.startswith("mj-font"):
        check_link(value, offset, blank, findings)
    elif name in SOURCE_ATTRIBUTES:
        check_source(value, offset, blank, findings)


def check_css(css: str, offset: int, findings: Findings) -> None:
    plain = CSS_ESCAPE.sub(unescaped_css, CSS_COMMENT.sub("", css))
    if ACTIVE_CSS.search(plain):
        findings.add("unsafe-style", offset, _("This CSS could run a script; it is refused."))
    if IMPORT.search(plain):
        findings.add("remote-stylesheet", offset, _("@import is refused: nothing is fetched for a mail."))
    if REMOTE_FONT.search(plain):
        message = _("A web font tells its host who reads, and many mail programs refuse it: it is left out.")
        findings.add("remote-font", offset, message)


def unescaped_css(match: re.Match[str]) -> str:
    if match[2]:
        return match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0x110000 else "\ufffd"


def check_link(value: str, offset: int, blank: str, findings: Findings) -> None:
    address = IGNORED.sub("", html.unescape(value))
    if address.startswith("#"):
        return
    if not address:
        findings.add("link-malformed", offset, _("This link is empty."))
    elif address.startswith(blank):
        return  # judged with the Liquid in view, by links.py
    elif not (scheme := SCHEME.match(address)):
        message = _("A link in a mail must be a complete address, beginning with https://.")
        findings.add("link-malformed", offset, message)
    elif scheme[1].lower() not in LINK_SCHEMES:
        message = _("Links to {scheme}: are refused in mails.").format(scheme=scheme[1].lower())
        findings.add("link-scheme", offset, message)
    elif scheme[1].lower() in ("http", "https"):
        check_web_address(html.unescape(value).strip(), offset, blank, findings)


def check_web_address(address: str, offset: int, blank: str, findings: Findings) -> None:
    try:
        host = urlsplit(address.replace(blank, "x")).hostname
    except ValueError:
        host = None
    if not host or re.search(r"[\s\x00-\x1f\x7f\\]", address):
        findings.add("link-malformed", offset, _("This address has no host, or a blank or backslash in it."))
    elif address.lower().startswith("http:"):
        findings.add("link-http", offset, _("This address is not encrypted; use https:// where the site has it."))


def check_source(value: str, offset: int, blank: str, findings: Findings) -> None:
    address = html.unescape(value).strip()
    if address.startswith(blank):
        return
    if not re.match(r"https?://[^/]", address, re.IGNORECASE):
        message = _("An image needs a complete address, beginning with https://; others are not shown.")
        findings.add("image-source", offset, message)
    else:
        check_web_address(address, offset, blank, findings)
