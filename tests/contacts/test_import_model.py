"""Whatever the file, an import does what the plainest model of an import does, and every row is accounted for."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.contacts import contacts_of, import_file
from tests.builders.tenants import make_account

from fairpost.contacts.addresses import parse_address
from fairpost.kernel.errors import Invalid

ADDRESSES = [
    "ada@x.org",
    " ben@x.org",
    "cyd@bücher.example",
    "dan@x",
    "postmaster@x.org",
    "",
    "e\x00@x.org",
    "fay@x.org",
]
NAMES = ["Ada", "", ' "quoted", ', "two\nlines", "back\\slash", "tab\there", "=1+1", "\\N", "{}", "é", "\x07", "x" * 40]
AGES = ["30", "-1", "3.5", "2,5", "1,234", "007", "", "many", " 4 ", "1e5"]
DAYS = ["2024-02-29", "2023-02-29", "1.2.2024", "1/2/2024", "", "2024-01-31T10:00:00Z", "yesterday"]
MEMBERS = ["yes", "No", "1", "", "maybe", "oui"]

rows = st.lists(
    st.tuples(*(st.sampled_from(each) for each in (ADDRESSES, NAMES, AGES, DAYS, MEMBERS))), min_size=1, max_size=12
)
KINDS = {"name": "text", "age": "number", "joined": "date", "member": "boolean"}
TRUTH = {"yes": True, "no": False, "1": True, "oui": True}


@pytest.fixture
def tenant(db):
    return make_account()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(rows, min_size=1, max_size=3),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    keep=st.sampled_from(["first", "last"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_an_import_equals_the_model(tenant, files, delimiter, keep, ending):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE account_id = %s", [tenant.account_id])
    model: dict[str, dict] = {}
    for file in files:
        written = [list(row) for row in file]
        summary = import_file(
            tenant, as_csv(written, delimiter, ending), delimiter=delimiter, keep=keep, header=True, kinds=KINDS
        )
        accepted, refused = read_plainly(written)
        new, changed, same = apply_plainly(model, accepted, keep)
        assert (summary.staged, summary.rejected) == (len(accepted), refused)
        assert (summary.new, summary.updated, summary.unchanged) == (new, changed, same)
        assert summary.new + summary.updated + summary.unchanged + summary.duplicates == summary.staged
        assert contacts_of(tenant.account_id) == model


def as_csv(rows: list[list[str]], delimiter: str, ending: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([["email", "name", "age", "joined", "member"], *rows])
    return out.getvalue()


def read_plainly(rows: list[list[str]]) -> tuple[list[tuple[str, dict]], int]:
    accepted, refused = [], 0
    for address, name, age, joined, member in rows:
        if not any(each.strip() for each in (address, name, age, joined, member)):
            continue
        try:
            parsed = parse_address(address)
            if parsed.role or "\x07" in name:
                raise ValueError
            held = {"name": name.strip(), "age": number(age), "joined": day(joined), "member": truth(member)}
        except (Invalid, ValueError):
            refused += 1
            continue
        accepted.append((parsed.canonical, {key: value for key, value in held.items() if value not in ("", None)}))
    return accepted, refused


def number(text: str) -> float | int | None:
    text = text.strip()
    if not text:
        return None
    if text in ("1,234", "007", "1e5"):
        raise ValueError
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() else value


def day(text: str) -> str | None:
    if not text:
        return None
    if text == "1.2.2024":
        return "2024-02-01"
    return date.fromisoformat(text[:10]).isoformat()


def truth(text: str) -> bool | None:
    if not text:
        return None
    if text.lower() not in TRUTH:
        raise ValueError
    return TRUTH[text.lower()]


def apply_plainly(model: dict[str, dict], accepted: list[tuple[str, dict]], keep: str) -> tuple[int, int, int]:
    chosen: dict[str, dict] = {}
    for canonical, held in accepted:
        if keep == "last" or canonical not in chosen:
            chosen[canonical] = held
    new = changed = same = 0
    for canonical, held in chosen.items():
        if canonical not in model:
            new += 1
        elif model[canonical] | held == model[canonical]:
            same += 1
        else:
            changed += 1
        model[canonical] = model.get(canonical, {}) | held
    return new, changed, same


@pytest.mark.parametrize("count", [1, 9_999, 10_000, 10_001, 20_003])
def test_files_around_the_size_of_a_chunk(tenant, count):
    body = "".join(f"p{number}@x.org,{number}\n" for number in range(count))
    summary = import_file(tenant, "email,rank\n" + body)
    assert (summary.new, summary.rejected) == (count, 0)
    held = contacts_of(tenant.account_id)
    assert len(held) == count
    assert held[f"p{count - 1}@x.org"] == {"rank": count - 1}
