"""Looking at a file before it is read: its delimiter, whether it has a header, what each column is.

Whatever was guessed is in the plan, so that it can be said; whatever was declared wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairpost.contacts.addresses.address import parse_address
from fairpost.contacts.imports.encoding import Encoding
from fairpost.contacts.imports.plan import Column, Plan
from fairpost.contacts.imports.records import Chunk, read_chunk
from fairpost.contacts.imports.values import READERS, Unreadable
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 1000
MOST_COLUMNS = 500
SKIP, EMAIL = "-", "email"
EMAIL_WORDS = frozenset(
    [
        "email",
        "emailaddress",
        "mail",
        "mailaddress",
        "eaddress",
        "emails",
        "courriel",
        "adressemail",
        "adresseemail",
        "adressecourriel",
        "mailadresse",
        "emailadresse",
        "indirizzoemail",
        "indirizzomail",
        "posta",
        "postaelettronica",
        "correo",
        "correoelectronico",
    ]
)
# Names the renderer fills itself, and the fields every contact has.
RESERVED = frozenset(["email", "added", "unsubscribe_url", "preferences_url", "view_url", "donation_reference"])
# Digits in these are names, not quantities.
NEVER_NUMBERS = re.compile(r"zip|post_?code|plz|cap$|phone|tel|mobile|fax|iban|number$|_no$|^id$|_id$|code|ref")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever imports declared: all of it may be empty.

    `columns` maps a header (or the column's number, from 1) to an attribute's name, `email`, or `-` to
    leave it out. `kinds` maps an attribute's name to a kind out of `values.READERS`.
    """

    delimiter: str = ""
    header: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    refuse_roles: bool = True
    keep: str = "last"


def make_plan(path: Path, encoding: Encoding, wishes: Wishes, known_kinds: Mapping[str, str]) -> Plan:
    """The plan for a file in an encoding whose lines end in one line feed byte. Raises `Invalid` with what to do."""
    check_wishes(wishes)
    delimiter = wishes.delimiter or find_delimiter(path, encoding)
    rows = sample_rows(path, encoding, delimiter)
    header = has_header(rows) if wishes.header is None else wishes.header
    headers = [clean(each) for each in rows[0]] if header else ["" for _each in rows[0]]
    body = [row for row in rows[1 if header else 0 :] if len(row) == len(headers)]
    names = name_columns(headers, wishes.columns)
    email = find_email(names, headers, body)
    columns = tuple(
        make_column(index, headers[index], name, body, wishes.kinds, known_kinds)
        for index, name in enumerate(names)
        if index != email and name != SKIP
    )
    refuse_unknown_kinds(wishes.kinds, columns)
    return Plan(
        encoding.name,
        encoding.skip,
        delimiter,
        header,
        len(headers),
        email,
        columns,
        wishes.refuse_roles,
        wishes.keep,
    )


def check_wishes(wishes: Wishes) -> None:
    if wishes.delimiter and (len(wishes.delimiter) != 1 or wishes.delimiter in '"\r\n'):
        raise Invalid(_("A delimiter is one character, and no quote or line break."), field="delimiter")
    if wishes.keep not in ("first", "last"):
        raise Invalid(_("Of duplicates, keep the first or the last."), field="keep")
    for name, kind in wishes.kinds.items():
        if kind not in READERS:
            known = ", ".join(READERS)
            raise Invalid(_("{name}: {kind} is no kind; there are {known}.").format(name=name, kind=kind, known=known))


def sample(path: Path, encoding: Encoding, delimiter: str, count: int = SAMPLE_ROWS) -> Chunk:
    with path.open("rb") as file:
        file.seek(encoding.skip)
        return read_chunk(file, 1, count, encoding.name, delimiter)


def sample_rows(path: Path, encoding: Encoding, delimiter: str) -> list[list[str]]:
    chunk = sample(path, encoding, delimiter)
    rows = [row for row in chunk.rows if any(row)]
    if not rows and not chunk.broken:
        raise Invalid(_("The file is empty."))
    if not rows or (chunk.broken and chunk.broken[0].line <= chunk.lines[0]):
        first = chunk.broken[0]
        raise Invalid(
            _("Line {line} cannot be read: {reason}.").format(line=first.line, reason=first.reason),
            hint=_("If it is CSV, check that lines end in a line feed and quotes are closed."),
        )
    if len(rows[0]) > MOST_COLUMNS:
        raise Invalid(_("The first line has more than {limit} columns.").format(limit=MOST_COLUMNS))
    return rows


def find_delimiter(path: Path, encoding: Encoding) -> str:
    """The delimiter that cuts most of the first lines into the same number of columns, the most of them."""
    best, score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        rows = [row for row in sample(path, encoding, delimiter, 100).rows if any(row)]
        if not rows or len(rows[0]) < 2:
            continue
        alike = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        if (alike, len(rows[0])) > score:
            best, score = delimiter, (alike, len(rows[0]))
    return best


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """The first line is a header unless it holds an address itself."""
    return not any(is_address(value) for value in rows[0])


def is_address(text: str) -> bool:
    try:
        parse_address(text)
    except Invalid:
        return False
    return True


def clean(header: str) -> str:
    return " ".join(header.replace("\x00", "").split())


def word_of(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


def attribute_name(header: str) -> str:
    """A header as the name of an attribute: lower case letters, digits and underscores, such as `first_name`."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    name = re.sub(r"\W+", "_", plain.lower()).strip("_")
    return f"column_{name}" if name[:1].isdigit() else name


def name_columns(headers: Sequence[str], mapped: Mapping[str, str]) -> list[str]:
    """The attribute's name of each column, `email` for the address, `-` for what is left out."""
    unused = set(mapped)
    names = []
    for index, header in enumerate(headers):
        key = next((key for key in (header, str(index + 1)) if key in mapped), None)
        unused.discard(key or "")
        name = mapped[key] if key else default_name(header, index)
        names.append(name if name in (SKIP, EMAIL) else checked_name(name, header, bool(key)))
    if unused:
        known = ", ".join(header or str(at + 1) for at, header in enumerate(headers))
        raise Invalid(
            _("The file has no column {name!r}; it has {known}.").format(name=min(unused), known=known),
            field="map",
        )
    twice = next((name for name in names if name != SKIP and names.count(name) > 1), None)
    if twice:
        raise Invalid(
            _("Two columns would be {name!r}; name one of them otherwise or leave it out.").format(name=twice),
            field="map",
        )
    return names


def default_name(header: str, index: int) -> str:
    if word_of(header) in EMAIL_WORDS:
        return EMAIL
    return attribute_name(header) or f"column_{index + 1}"


def checked_name(name: str, header: str, declared: bool) -> str:
    if name in RESERVED or name.startswith("_"):
        if not declared:
            return f"column_{name.lstrip('_')}"
        raise Invalid(_("{name!r} is a reserved name.").format(name=name), field="map")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name):
        raise Invalid(
            _("{name!r} (column {header!r}) cannot name an attribute: use a to z, 0 to 9 and _.").format(
                name=name, header=header
            ),
            field="map",
        )
    return name


def find_email(names: list[str], headers: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    if EMAIL in names:
        return names.index(EMAIL)
    likely = [sum(is_address(row[index]) for row in body[:100]) for index in range(len(names))]
    if not likely or max(likely) * 2 <= len(body[:100]) or not body:
        known = ", ".join(header or str(at + 1) for at, header in enumerate(headers))
        raise Invalid(
            _("No column holds addresses; say which one does, as in --map 'Contact=email'. Columns: {known}.").format(
                known=known
            ),
            field="map",
        )
    return likely.index(max(likely))


def make_column(
    index: int,
    header: str,
    name: str,
    body: Sequence[Sequence[str]],
    declared: Mapping[str, str],
    known: Mapping[str, str],
) -> Column:
    kind = declared.get(name) or known.get(name)
    if name in known and kind and kind.partition(":")[0] != known[name]:
        raise Invalid(
            _("{name} is a {known} in this account already, not a {kind}.").format(
                name=name, known=known[name], kind=kind
            ),
            field="type",
        )
    if kind:
        return Column(index, header, name, kind)
    return Column(index, header, name, guess_kind(name, [row[index].strip() for row in body]), guessed=True)


def guess_kind(name: str, values: Sequence[str]) -> str:
    """The narrowest kind that takes every value seen; text where there is doubt."""
    given = {value for value in values if value}
    for kind in ("boolean", "number", "date", "date:dmy", "date:mdy") if given else ():
        if kind == "boolean" and given <= {"0", "1"}:
            continue
        if kind == "number" and NEVER_NUMBERS.search(name):
            continue
        if all(is_readable(value, kind) for value in given):
            return kind
    return "text"


def is_readable(value: str, kind: str) -> bool:
    try:
        READERS[kind](value)
    except Unreadable:
        return False
    return True


def refuse_unknown_kinds(kinds: Mapping[str, str], columns: Sequence[Column]) -> None:
    missing = set(kinds) - {column.name for column in columns}
    if missing:
        known = ", ".join(column.name for column in columns)
        raise Invalid(
            _("A type is declared for {name!r}, which no column becomes; there are {known}.").format(
                name=min(missing), known=known
            ),
            field="type",
        )
