"""From what an author wrote to the document that is sent, or to the findings that say why not."""

from __future__ import annotations

import html
import re

import css_inline

from fairpost.engine.document.body import Body
from fairpost.engine.document.findings import Finding, Findings
from fairpost.engine.document.lines import check_characters, check_line, check_subject, escaped_line, filled
from fairpost.engine.document.links import Links
from fairpost.engine.document.liquid import spans
from fairpost.engine.document.markup import read_markup
from fairpost.engine.document.masks import Masks
from fairpost.engine.document.mjml import ConversionFailed, convert
from fairpost.engine.document.plaintext import page_text
from fairpost.engine.document.requirements import REQUIRED, check_required, shown_variables
from fairpost.engine.document.safety import check_safety
from fairpost.engine.document.source import Built, LegalSender, Source
from fairpost.engine.document.stylesheets import inline_styles
from fairpost.engine.document.variables import check_variables
from fairpost.engine.ports import Document
from fairpost.kernel.text import _

MOST_BYTES = 2_000_000
CLIPPED_BYTES = 102_000
# A tracked address is about this much longer than the variable that stands for it.
TRACKED_LINK_BYTES = 120
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
UNKNOWN_SENDER = LegalSender("[legal sender]", "[postal address]")
# Keeps the beginning of the mail's text from following the preheader in mailbox lists.
PREHEADER_GAP = "&#847;&zwnj;&nbsp;" * 25
PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;'
    'overflow:hidden;mso-hide:all">{text}{gap}</div>'
)
BODY_TAG = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
PARTS = ("subject", "preheader", "body", "text")


def build_document(source: Source) -> Built:
    """The document of `source`, with all findings; without a document where one of them is an error.

    No file is read and no request leaves. The same source gives the same document. Never raises for any
    content of the source.
    """
    return Build(source).run()


class Build:
    """The steps of one build, in order, each skipped where an earlier one found an error."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sender = source.sender or UNKNOWN_SENDER
        self.language = source.language if LANGUAGE.fullmatch(source.language) else "en"
        self.links = Links(Masks(), source.donation_prefixes)
        self.masks = Masks()
        self.parts: dict[str, Findings] = {}
        self.carries_notice = False

    def run(self) -> Built:
        known = self.source.known_attributes
        self.parts["subject"] = check_subject(self.source.subject, known)
        self.parts["preheader"] = Findings(self.source.preheader, "preheader")
        preheader = escaped_line(
            self.source.preheader, check_line(self.source.preheader, "html", self.parts["preheader"], known)
        )
        code = self.source.mjml or self.source.html
        self.parts["body"] = Findings(code, "body")
        self.parts["text"] = Findings(self.source.text, "text")
        page = text = ""
        if self.presentable(code):
            page, text = self.body(code)
            if page:
                page = self.completed(page, preheader)
        return self.result(page, text)

    def presentable(self, code: str) -> bool:
        """Whether the body can be read at all."""
        findings = self.parts["body"]
        if not code.strip():
            findings.add("body-empty", 0, _("Give the mail as MJML or as HTML."))
        if self.source.mjml and self.source.html:
            findings.add("body-empty", 0, _("Give either MJML or HTML, not both."))
        if len(code) > MOST_BYTES or len(self.source.text) > MOST_BYTES:
            findings.add("too-big", 0, _("The source is larger than 2 MB."))
        check_characters(code, findings, several_lines=True)
        return not findings.errors

    def body(self, code: str) -> tuple[str, str]:
        """The page and the text, or empty strings where the body has an error."""
        body = Body(code, bool(self.source.mjml))
        findings = self.parts["body"] = body.findings
        body.check(self.source.known_attributes)
        self.check_preheaders(body)
        page = "" if findings.errors else self.masked_page(body)
        if not page:
            asked = bool(self.sender.joint_notice) and any(
                each.value("data-donation") is not None for each in body.pieces
            )
            check_required(self.required(asked), body.spans, set(REQUIRED), body.end, findings)
            return "", ""
        text = self.own_text() if self.source.text.strip() else page_text(page, self.masks)
        self.carries_notice = bool(self.sender.joint_notice and body.words_of("joint_notice"))
        words = {name: body.words_of(name) for name in REQUIRED}
        shown = shown_variables(page, self.masks, words)
        check_required(self.required(self.asks_donation), body.spans, shown, body.end, findings)
        return self.masks.restore(page), self.masks.restore(text, plain=True)

    @property
    def asks_donation(self) -> bool:
        return any(each.donation for each in self.links.links)

    def required(self, asks_donation: bool) -> list[str]:
        joint = bool(self.sender.joint_notice) and asks_donation
        return [each for each in REQUIRED if each != "joint_notice" or joint]

    def check_preheaders(self, body: Body) -> None:
        preview = next((each for each in body.pieces if each.name == "mj-preview"), None)
        if preview and self.source.preheader:
            message = _("There is a preheader already; mj-preview is left out.")
            body.findings.add("preheader-twice", preview.start, message)

    def masked_page(self, body: Body) -> str:
        """The page with Liquid and links masked; empty, with findings, where a step failed."""
        self.masks = self.links.masks = Masks(body.code)
        donation_mark = self.masks.word("")
        masked = body.mask(self.masks, self.footer(), donation_mark)
        try:
            page = convert(masked, self.masks, self.language, bool(self.source.preheader)) if body.is_mjml else masked
            page = inline_styles(page)
        except ConversionFailed as error:
            body.findings.add("mjml", 0, _("This MJML cannot be converted: {why}.").format(why=error))
            return ""
        except css_inline.InlineError as error:
            body.findings.add("unsafe-style", 0, _("The CSS cannot be read: {why}.").format(why=error))
            return ""
        body.check_kept(page)
        check_output(page.replace(donation_mark, ""), self.masks.prefix, body.findings)
        return "" if body.findings.errors else self.links.rewrite_page(page, donation_mark)

    def footer(self) -> dict[str, tuple[str, str]]:
        """What stands in the place of each footer variable, as HTML and as plain text, both Liquid
        sources.
        """
        texts = {
            "disclaimer": self.sender.disclaimer(self.language),
            "postal_address": self.sender.postal_address,
            "joint_notice": self.sender.joint_notice,
        }
        return {name: (footer_html(text), footer_text(text)) for name, text in texts.items()}

    def own_text(self) -> str:
        """The author's own plain text, checked, with footer and links in place."""
        source, findings = self.source.text, self.parts["text"]
        check_characters(source, findings, several_lines=True)
        found = spans(source, findings)
        if findings.errors:
            return ""
        check_variables(source, found, self.source.known_attributes, "text", findings)
        used = {each.name for each in found}
        check_required(self.required(self.asks_donation), found, used, len(source), findings)
        text = filled(source, found, self.footer())
        return self.links.rewrite_text(text.replace("\r\n", "\n").replace("\r", "\n")).rstrip() + "\n"

    def completed(self, page: str, preheader: str) -> str:
        """The page with the preheader at the start of its body."""
        if preheader:
            hidden = PREHEADER.format(text=preheader, gap=PREHEADER_GAP)
            page = BODY_TAG.sub(lambda match: match[0] + hidden, page, count=1)
        return page if page[:9].lower() == "<!doctype" else f"<!DOCTYPE html>{page}"

    def result(self, page: str, text: str) -> Built:
        if page and not self.refused():
            size = len(page.encode()) + page.count("{{ _link_") * TRACKED_LINK_BYTES
            self.check_size(size)
        if not page or self.refused():
            return Built(None, self.findings())
        document = Document(self.source.subject.strip(), page, text, tuple(self.links.links))
        return Built(document, self.findings(), self.asks_donation, self.carries_notice, size)

    def refused(self) -> bool:
        return any(each.errors for each in self.parts.values())

    def check_size(self, size: int) -> None:
        if size > MOST_BYTES:
            self.parts["body"].add("too-big", 0, _("The finished HTML is larger than 2 MB."))
        elif size > CLIPPED_BYTES:
            message = _("The HTML has {size} kB; Gmail shows only the first 102 kB.")
            self.parts["body"].add("clipped", 0, message.format(size=size // 1000))

    def findings(self) -> tuple[Finding, ...]:
        return tuple(each for part in PARTS for each in in_order(self.parts[part].found))


def in_order(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda each: (each.line, each.column, each.code))


def footer_html(text: str) -> str:
    return html.escape(text).replace("{", "&#123;").replace("\n", "<br>")


def footer_text(text: str) -> str:
    return text.replace("{", '{{ "{" }}') if "{{" in text or "{%" in text else text


def check_output(page: str, mask: str, findings: Findings) -> None:
    """A second look at what the converter printed: it may have put an attribute together that was none
    before.
    """
    after = Findings(page, "body")
    check_safety(read_markup(page, after), page, mask, after)
    for each in after.found:
        if each.code in ("event-handler", "unsafe-style", "link-scheme", "remote-stylesheet", "unclosed-tag"):
            findings.add(each.code, 0, each.message)
