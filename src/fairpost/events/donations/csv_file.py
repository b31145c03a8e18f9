"""A platform's export is read row by row: known columns by their names, the others left out, those of cards unread."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from fairpost.contacts.imports.encoding import find_encoding
from fairpost.events.donations.reading import NAMES
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

DELIMITERS = (",", ";", "\t", "|")
NEEDED = ("order_id", "at")
LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open file: `columns` has for each of its columns the name it is taken under, None where it is left out."""

    file: TextIO
    delimiter: str
    columns: tuple[str | None, ...]
    left_out: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, dict[str, str] | Invalid]]:
        """(line of the file, its values by name, or what is wrong with it); empty lines are passed over."""
        reader = csv.reader(self.file, delimiter=self.delimiter)
        line = 1
        while True:
            begins = line + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise Invalid(_("Line {line} of the file is no CSV.").format(line=begins), field="file") from None
            except UnicodeDecodeError:
                raise wrong_encoding() from None
            if cells is None:
                return
            line = reader.line_num + 1
            if any(each.strip() for each in cells):
                yield begins, self.values(cells)

    def values(self, cells: list[str]) -> dict[str, str] | Invalid:
        if len(cells) != len(self.columns):
            return Invalid(
                _("The row has {found} cells, the first line {wanted}.").format(
                    found=len(cells), wanted=len(self.columns)
                )
            )
        return {name: cell for name, cell in zip(self.columns, cells, strict=True) if name}


@contextmanager
def opened(path: Path, columns: Mapping[str, str], encoding: str = "", delimiter: str = "") -> Iterator[Sheet]:
    """The file with its first line read. `columns` maps names of its columns to ours, or to `-` to leave them out."""
    if not path.is_file():
        raise Invalid(_("There is no file {path}.").format(path=path), field="file")
    found = find_encoding(path, encoding)
    with path.open(encoding=found.name, newline="") as file:
        try:
            first = file.readline(LONGEST_LINE).removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise wrong_encoding() from None
        delimiter = delimiter or max(DELIMITERS, key=first.count)
        header = next(csv.reader([first], delimiter=delimiter), [])
        yield sheet(file, delimiter, [each.strip() for each in header], columns)


def sheet(file: TextIO, delimiter: str, header: list[str], mapped: Mapping[str, str]) -> Sheet:
    unknown = [each for each in mapped.values() if each not in (*NAMES, "-")]
    if unknown:
        raise Invalid(
            _("There is no member {name}.").format(name=repr(unknown[0])),
            field="map",
            hint=_("There are: {names}.").format(names=", ".join(NAMES)),
        )
    missing = [each for each in mapped if each not in header]
    if missing:
        raise Invalid(_("The file has no column {name}.").format(name=repr(missing[0])), field="map")
    names = tuple(name_of(each, mapped) for each in header)
    for each in NEEDED:
        if names.count(each) != 1:
            raise Invalid(
                _("The file needs one column {name}; its first line has: {header}.").format(
                    name=each, header=", ".join(header)[:300]
                ),
                field="file",
                hint=_("Say which it is: --map 'Order Number={name}'.").format(name=each),
            )
    twice = next((each for each in names if each and names.count(each) > 1), None)
    if twice:
        raise Invalid(_("Two columns are taken as {name}.").format(name=twice), field="map")
    return Sheet(file, delimiter, names, tuple(each for each, name in zip(header, names, strict=True) if not name))


def name_of(column: str, mapped: Mapping[str, str]) -> str | None:
    name = mapped.get(column) or "_".join(column.lower().replace("-", " ").split())
    return name if name in NAMES else None


def wrong_encoding() -> Invalid:
    return Invalid(
        _("The file is not in the encoding that it seemed to be in."),
        field="encoding",
        hint=_("Save it as UTF-8, or name its encoding."),
    )
