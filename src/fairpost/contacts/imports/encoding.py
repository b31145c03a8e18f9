"""The encoding of a file is found from its bytes, and said; whoever knows better names it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

SAMPLE = 1 << 20
# Encodings in which a line feed is one byte, so that a file can be cut at lines.
LEGACY = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman")
WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec's name, and how many bytes of byte order mark to skip."""

    name: str
    skip: int = 0


def find_encoding(path: Path, named: str = "") -> Encoding:
    """The encoding: as named, else by its mark, else UTF-8 where it reads as that, else a legacy one."""
    with path.open("rb") as file:
        start = file.read(4)
        mark = next(((mark, name) for mark, name in MARKS if start.startswith(mark)), None)
        if named:
            name = known(named)
            return Encoding(name, len(mark[0]) if mark and same_family(mark[1], name) else 0)
        if mark:
            return Encoding(mark[1], len(mark[0]))
        file.seek(0)
        return guess(telling_sample(file))


def known(named: str) -> str:
    try:
        name = codecs.lookup(named).name
        "a\n".encode(name)
    except (LookupError, TypeError, ValueError):
        raise Invalid(_("There is no encoding {name!r}.").format(name=named), field="encoding") from None
    if name not in WIDE and "\n".encode(name) != b"\n":
        raise Invalid(_("Files in {name} are not read; save it as UTF-8.").format(name=name), field="encoding")
    return name


def same_family(marked: str, named: str) -> bool:
    return marked.replace("_", "-")[:6] == named.replace("_", "-")[:6]


def telling_sample(file) -> bytes:
    """The first part of the file that is not plain ASCII, or its first part where all of it is."""
    first = sample = file.read(SAMPLE)
    while sample and sample.isascii():
        sample = file.read(SAMPLE)
    return sample or first


def guess(sample: bytes) -> Encoding:
    """UTF-8 unless most lines beyond ASCII are not: single wrong bytes are wrong rows, not an encoding."""
    if sample.count(0) > len(sample) // 5:
        raise Invalid(
            _("This is no text file: it is full of zero bytes. (UTF-16 without a mark: name the encoding.)"),
            field="encoding",
        )
    lines = [line for line in sample.split(b"\n")[:-1] or [sample] if not line.isascii()]
    wrong = [line for line in lines if not is_utf8(line)]
    if len(wrong) * 2 <= len(lines):
        return Encoding("utf-8")
    matches = from_bytes(b"\n".join(wrong[:500])[: 1 << 16], cp_isolation=list(LEGACY))
    best = matches.best()
    if best is None:
        return Encoding("cp1252")
    # Where several fit alike, the one that most files have.
    alike = [each for each in matches if (each.chaos, each.coherence) == (best.chaos, best.coherence)]
    usual = any("cp1252" in each.could_be_from_charset for each in alike)
    return Encoding("cp1252" if usual or best.encoding not in LEGACY else best.encoding)


def is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def to_utf8(path: Path, encoding: Encoding, target: Path) -> None:
    """Writes the file as UTF-8, a piece at a time, so that its lines can be cut at line feeds."""
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="replace")
    with path.open("rb") as source, target.open("wb") as out:
        source.seek(encoding.skip)
        while piece := source.read(SAMPLE):
            out.write(decoder.decode(piece).encode("utf-8", "replace"))
        out.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
