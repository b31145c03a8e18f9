"""Brings the catalogues up to date with the sentences in the source; `make messages` runs this.

Sentences are what the source marks with `_` or `mark`, and the help of every command. New ones get an empty
translation, gone ones are removed, the rest stays as translators left it; then the binary catalogues are
written, which is what runs. The same source and translations give the same files, byte for byte. Needs Babel,
which only the development environment has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from fairpost.kernel.text import CATALOGUES, LANGUAGES, in_language
from fairpost.runtime.reference import every_command
from fairpost.runtime.registry import COMMANDS
from fairpost.runtime.spoken import texts

SOURCE = Path(__file__).parents[1]
MARKERS = ("_", "mark")
ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # gettext's header wants dates; a true one would change every file
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


def sentences(source: Path = SOURCE) -> dict[str, list[str]]:
    """Every sentence to translate, with the files that it stands in."""
    found: dict[str, list[str]] = {}
    for sentence, name in [*marked_sentences(source), *help_sentences()]:
        files = found.setdefault(sentence, [])
        if name not in files:
            files.append(name)
    return {sentence: sorted(files) for sentence, files in found.items()}


def marked_sentences(source: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(source.rglob("*.py")):
        for call in marked(ast.parse(path.read_text())):
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, str(path.relative_to(source))


def marked(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of a marker with an argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS and node.args:
            yield node


def help_sentences() -> Iterator[tuple[str, str]]:
    """The summaries of the list of commands, and the help of every command and option."""
    for entry in COMMANDS:
        yield entry.summary, "runtime/registry.py"
    with in_language("en"):
        for _path, command in every_command():
            module = getattr(command.callback, "__module__", "").removeprefix("fairpost.").replace(".", "/")
            for text in texts(command):
                yield text, f"{module}.py"


def po_file(language: str) -> Path:
    return CATALOGUES / language / "fairpost.po"


def read_catalogue(language: str) -> Catalog:
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language, domain="fairpost")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="fairpost")


def updated(language: str) -> Catalog:
    """The catalogue with exactly the sentences of the source, in their order."""
    before = read_catalogue(language)
    catalogue = Catalog(locale=language, domain="fairpost", project="fairpost", fuzzy=False)
    for sentence, files in sorted(sentences().items(), key=lambda item: (item[1][0], item[0])):
        known = before.get(sentence)
        catalogue.add(sentence, known.string if known and known.string else "", locations=[(name, 0) for name in files])
    return catalogue


def write(language: str, catalogue: Catalog) -> None:
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, omit_header=True, include_lineno=False, width=110)
    path.write_text(HEADER.format(language=language) + path.read_text())
    finished = read_catalogue(language)
    finished.creation_date = finished.revision_date = ANY_DAY
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, finished)


HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {language}\\n"\n\n'


def main() -> None:
    for language in TRANSLATED:
        catalogue = updated(language)
        write(language, catalogue)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{language}: {len(catalogue)} sentences, {missing} to translate")


if __name__ == "__main__":
    main()
