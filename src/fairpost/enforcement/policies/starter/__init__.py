"""The neutral starter policy: six clauses in English, French and Italian, as files beside this one.

`clauses.json` gives each clause its ground and how statements of reasons file it; `<code>.<language>.txt` holds the
title on its first line and the text below it.
"""

from __future__ import annotations

import json
from importlib.resources import files

from fairpost.enforcement.policies.publication import ClauseDraft
from fairpost.enforcement.policies.texts import text_of_file

LANGUAGES = ("en", "fr", "it")


def starter_clauses() -> tuple[ClauseDraft, ...]:
    """The clauses, in the order in which the policy is read."""
    folder = files(__package__)
    listed = json.loads((folder / "clauses.json").read_text(encoding="utf-8"))
    return tuple(ClauseDraft(code=code, texts=texts_of(code), **fields) for code, fields in listed.items())


def texts_of(code: str) -> dict[str, dict[str, str]]:
    folder = files(__package__)
    names = {language: f"{code}.{language}.txt" for language in LANGUAGES}
    return {
        language: text_of_file((folder / name).read_text(encoding="utf-8"), name) for language, name in names.items()
    }
