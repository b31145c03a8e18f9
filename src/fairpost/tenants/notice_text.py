"""A joint notice in words, in each language of the product; stored with its version, so never rendered anew.

These sentences are law-bearing text of one version, not messages of the program: they do not go through
translation catalogues, which may change under a stored hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from fairpost.tenants.notices import Allocation, NoticeTerms

NBSP = "\u00a0"

SENTENCES = {
    "en": {
        "who": "{name} is a joint sender of {participants}.",
        "how": "Each donation is divided as follows: {allocations}.",
        "limit": "{who}: {share}, at most {limit} per donor",
        "share": "{who}: {share}",
        "order": "What exceeds the limit of a participant goes to the next ones in this order.",
        "rest": "What exceeds all limits is returned to the donor.",
        "designate": "Whatever this formula says, you may designate your donation for a particular participant.",
        "change": "The formula may change, in particular where a donation would exceed a limit.",
        "and": " and ",
        "between": "; ",
    },
    "fr": {
        "who": "{name} est un expéditeur commun qui réunit {participants}.",
        "how": "Chaque don est réparti comme suit\u00a0: {allocations}.",
        "limit": "{who}\u00a0: {share}, au plus {limit} par donateur",
        "share": "{who}\u00a0: {share}",
        "order": "Ce qui dépasse le plafond d’un participant revient aux suivants dans cet ordre.",
        "rest": "Ce qui dépasse tous les plafonds est rendu au donateur.",
        "designate": "Quelle que soit cette formule, vous pouvez destiner votre don à un participant précis.",
        "change": "La formule peut changer, notamment lorsqu’un don dépasserait un plafond.",
        "and": " et ",
        "between": f"{NBSP}; ",
    },
    "it": {
        "who": "{name} è un mittente congiunto che riunisce {participants}.",
        "how": "Ogni donazione è ripartita come segue: {allocations}.",
        "limit": "{who}: {share}, al massimo {limit} per donatore",
        "share": "{who}: {share}",
        "order": "Ciò che supera il limite di un partecipante va ai successivi in quest’ordine.",
        "rest": "Ciò che supera tutti i limiti è restituito al donatore.",
        "designate": "Qualunque sia questa formula, può destinare la sua donazione a un partecipante preciso.",
        "change": "La formula può cambiare, in particolare se una donazione superasse un limite.",
        "and": " e ",
        "between": "; ",
    },
}


def notice_texts(joint_sender: str, terms: NoticeTerms, names: Mapping[int, str]) -> dict[str, str]:
    """The notice's text by language (en, fr, it); `names` gives each participant's name by its id."""
    return {language: notice_text(language, joint_sender, terms, names) for language in SENTENCES}


def notice_text(language: str, joint_sender: str, terms: NoticeTerms, names: Mapping[int, str]) -> str:
    say = SENTENCES[language]
    who = [names[each.organisation_id] for each in terms.allocations]
    limits = [each.limit for each in terms.allocations if each.limit is not None]
    sentences = [
        say["who"].format(name=joint_sender, participants=enumeration(who, say["and"])),
        say["how"].format(
            allocations=say["between"].join(allocation_text(language, each, terms, names) for each in terms.allocations)
        ),
    ]
    if limits:
        sentences.append(say["order"])
    if len(limits) == len(terms.allocations):
        sentences.append(say["rest"])
    return " ".join([*sentences, say["designate"], say["change"]])


def allocation_text(language: str, each: Allocation, terms: NoticeTerms, names: Mapping[int, str]) -> str:
    say = SENTENCES[language]
    who, share = names[each.organisation_id], share_text(language, each.share)
    if each.limit is None:
        return say["share"].format(who=who, share=share)
    return say["limit"].format(who=who, share=share, limit=amount_text(language, each.limit, terms.currency))


def share_text(language: str, share: Fraction) -> str:
    """A percentage where it is exact with at most four decimals, else the fraction."""
    percent = share * 100
    if (percent * 10_000).denominator != 1:
        return str(share)
    number = f"{float(percent):.4f}".rstrip("0").rstrip(".")
    if language == "en":
        return f"{number}%"
    return number.replace(".", ",") + (f"{NBSP}%" if language == "fr" else "%")


def amount_text(language: str, amount: Decimal, currency: str) -> str:
    if language == "en":
        return f"{currency}{NBSP}{amount:,.2f}"
    number = f"{amount:,.2f}".replace(",", "_").replace(".", ",")
    return number.replace("_", NBSP if language == "fr" else ".") + f"{NBSP}{currency}"


def enumeration(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last + words[-1]
