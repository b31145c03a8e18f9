"""Finds and masks mail addresses and telephone numbers in texts that will be published.

A name cannot be found by a rule; whoever writes the facts of a decision is told to name nobody.
"""

from __future__ import annotations

import re

from fairpost.kernel.text import _

# Begins where a word begins, so that a long text without blanks is read once and not from each of its characters.
ADDRESS = re.compile(
    r"(?<![^\s@＠<>()\[\],;:\"])[^\s@＠<>()\[\],;:\"]+[@＠][^\s@＠<>()\[\],;:\"]+\.[^\s@＠<>()\[\],;:\".]{2,}"
)
# With country code; with trunk zero; or three, three and four digits as North America writes them. Seconds of a time,
# with what is behind their point, are none.
PHONE = re.compile(
    r"(?<![0-9]:)(?:(?<!\w)\+[1-9](?:[ .()/-]{0,2}[0-9]){6,14}"
    r"|(?<![\w.,/-])00[1-9](?:[ .()/-]{0,2}[0-9]){6,14}"
    r"|(?<![\w.,/-])\(?0[1-9](?:[ .()/-]{0,2}[0-9]){6,11}"
    r"|(?<![\w.,/-])\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}"
    r")(?!\w)"
)
DATE = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}")


def names_a_person(text: str) -> str:
    """The first mail address or telephone number in the text; empty where there is none."""
    if found := ADDRESS.search(text):
        return found[0]
    return next((found[0] for found in PHONE.finditer(text) if not DATE.match(found[0])), "")


def masked(text: str) -> str:
    """The text with a mark in place of each mail address and telephone number."""
    text = ADDRESS.sub(lambda _found: _("[mail address left out]"), text)
    return PHONE.sub(lambda found: found[0] if DATE.match(found[0]) else _("[telephone number left out]"), text)
