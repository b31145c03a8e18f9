"""Files that are wrong end in a clear error or in rejected rows, never in guesses, crashes or endless memory."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.builders.contacts import contacts_of, import_file
from tests.builders.tenants import make_account

from fairpost.contacts.imports.encoding import find_encoding
from fairpost.contacts.imports.records import read_chunk
from fairpost.kernel.errors import Conflict, Invalid

TEXT = "Müller – „Zoë“ à Besançon, où l’île"


@pytest.fixture
def ada(db):
    return make_account()


def rejects(summary) -> list[list[str]]:
    with open(summary.rejects_file, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_a_gigabyte_in_one_field_takes_no_memory_and_one_reject(tmp_path):
    """In a process of its own with a lid on its memory; the file has a hole, so it takes no disk either."""
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b'email,note\nada@x.org,"')
        file.seek(1 << 30, os.SEEK_CUR)
        file.write(b'"\nben@x.org,short\n')
    script = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
from fairpost.contacts.imports.records import read_chunk
with open({str(path)!r}, "rb") as file:
    chunk = read_chunk(file, 1, 100, "utf-8", ",")
assert chunk.rows == [["email", "note"], ["ben@x.org", "short"]], chunk.rows
assert [each.line for each in chunk.broken] == [2]
assert list(chunk.lines) == [1, 3]
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=with_source())
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 40_000  # kB


def with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}


def test_a_long_field_without_line_break_is_rejected_and_reading_goes_on(ada):
    summary = import_file(ada, f"email,note\nada@x.org,{'x' * 200_000}\nben@x.org,{'y' * 20_000}\ncyd@x.org,z\n")
    assert contacts_of(ada.account_id) == {"cyd@x.org": {"note": "z"}}
    assert [(row[0], row[1]) for row in rejects(summary)] == [("2", ""), ("3", "note")]


def test_nul_bytes_reject_their_row_only(ada):
    data = b"email,note\nada@x.org,a\x00b\nb\x00en@x.org,x\ncyd@x.org,fine\n\x00\n"
    summary = import_file(ada, data)
    assert contacts_of(ada.account_id) == {"cyd@x.org": {"note": "fine"}}
    assert [row[0] for row in rejects(summary)] == ["2", "3", "5"]


def test_a_quote_that_never_closes_rejects_its_line_and_not_the_rest(ada):
    rest = "".join(f"p{number}@x.org,plain\n" for number in range(30))
    summary = import_file(ada, f'email,note\nada@x.org,"open\n{rest}')
    assert summary.new == 30
    assert [(row[0], row[3]) for row in rejects(summary)] == [("2", "a quote opened here never closes")]


def test_the_line_of_a_reject_counts_line_breaks_inside_quotes(ada):
    summary = import_file(ada, 'email,note\n"ada@x.org","one\ntwo\r\nthree"\nwrong,x\n\n\nwrong too,y\n')
    assert [row[0] for row in rejects(summary)] == ["5", "8"]
    assert contacts_of(ada.account_id)["ada@x.org"]["note"] == "one\ntwo\r\nthree"


def test_wrong_bytes_in_a_file_of_utf8_reject_their_rows(ada):
    lines = ["email,city", *(f"p{number}@x.org,Zürich" for number in range(20))]
    data = "\n".join(lines).encode() + b"\nbad@x.org,Z\xfcrich\nworse\xff@x.org,Bern\n"
    summary = import_file(ada, data)
    assert (summary.encoding, summary.new) == ("utf-8", 20)
    assert [row[0] for row in rejects(summary)] == ["22", "23"]


@pytest.mark.parametrize(
    ("encode", "found"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: text.encode("utf-8-sig"), "utf-8"),
        (lambda text: text.encode("utf-16"), "utf-8"),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), "utf-8"),
        (lambda text: text.encode("cp1252"), "cp1252"),
    ],
)
def test_encodings_are_found(ada, encode, found):
    people = "".join(f"p{number}@x.org;{TEXT}\r\n" for number in range(40))
    summary = import_file(ada, encode(f"E-Mail;Name of façade\r\n{people}"))
    assert summary.encoding == found
    assert contacts_of(ada.account_id)["p7@x.org"] == {"name_of_facade": TEXT}


def test_ascii_for_a_megabyte_before_the_first_letter_that_tells(tmp_path):
    path = tmp_path / "late.csv"
    path.write_bytes(b"email,name\n" + b"a@x.org,plain name\n" * 70_000 + "b@x.org,Zoë\n".encode("cp1252") * 50)
    assert find_encoding(path).name == "cp1252"


@pytest.mark.parametrize("encoding", ["nonsense", "utf-7\x00", "base64", "rot13", "cp037"])
def test_an_encoding_that_cannot_be_is_refused(ada, encoding):
    with pytest.raises(Invalid):
        import_file(ada, "email\na@x.org\n", encoding=encoding)


def test_no_header_but_addresses(ada):
    summary = import_file(ada, "Ada,ada@x.org,30\nBen,ben@x.org,40\n")
    assert not summary.header
    assert contacts_of(ada.account_id)["ben@x.org"] == {"column_1": "Ben", "column_3": 40}


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n\n\n",
        "email",
        "name,age\nAda,3\nBen,4\n",
        "just words\nand more\n",
        "a,a,email\n1,2,x@y.org\n",
        "\x00" * 5_000,
    ],
)
def test_files_that_hold_no_contacts_say_so(ada, data):
    if data == "email":
        assert import_file(ada, data).staged == 0
        return
    with pytest.raises(Invalid) as caught:
        import_file(ada, data)
    assert len(caught.value.message) > 10
    assert contacts_of(ada.account_id) == {}


def test_line_ends_of_carriage_returns_alone_are_named(ada):
    with pytest.raises(Invalid) as caught:
        import_file(ada, "email,name\ra@x.org,A\rb@x.org,B\r")
    assert "line" in str(caught.value)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"columns": {"Nothing": "x"}}, "map"),
        ({"columns": {"name": "email"}}, "map"),
        ({"columns": {"name": "unsubscribe_url"}}, "map"),
        ({"columns": {"name": "_link_1"}}, "map"),
        ({"columns": {"name": "Bad Name"}}, "map"),
        ({"columns": {"name": "x\r\ny"}}, "map"),
        ({"kinds": {"nobody": "text"}}, "type"),
        ({"kinds": {"name": "colour"}}, None),
        ({"delimiter": '"'}, "delimiter"),
        ({"keep": "both"}, "keep"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(ada, wishes, field):
    with pytest.raises(Invalid) as caught:
        import_file(ada, "email,name\na@x.org,A\n", **wishes)
    assert caught.value.field == field


def test_columns_are_named_left_out_and_typed(ada):
    import_file(
        ada,
        "Adresse,Âge,Zip Code,Note,Since\na@x.org,30,01234,secret,3/2/2024\n",
        columns={"Adresse": "email", "Note": "-", "5": "joined"},
        kinds={"joined": "date:dmy", "age": "number"},
    )
    assert contacts_of(ada.account_id) == {"a@x.org": {"age": 30, "zip_code": "01234", "joined": "2024-02-03"}}


def test_a_type_once_declared_stays(ada):
    import_file(ada, "email,rank\na@x.org,1\n", kinds={"rank": "text"})
    import_file(ada, "email,rank\nb@x.org,2\n")
    assert contacts_of(ada.account_id)["b@x.org"] == {"rank": "2"}
    with pytest.raises(Invalid):
        import_file(ada, "email,rank\nb@x.org,2\n", kinds={"rank": "number"})


def test_consent_is_required(ada):
    with pytest.raises(Invalid):
        import_file(ada, "email\na@x.org\n", consent="  ")
    assert contacts_of(ada.account_id) == {}


def test_a_file_of_nothing_but_faults_stops_early(ada):
    body = "".join(f"wrong{number}\n" for number in range(40_000))
    with pytest.raises(Invalid) as caught:
        import_file(ada, f"email\n{body}")
    assert "nine of ten" in caught.value.message
    assert contacts_of(ada.account_id) == {}


def test_role_addresses_are_rejected_unless_wanted(ada):
    summary = import_file(ada, "email\nabuse@x.org\nNoReply@x.org\nada@x.org\n")
    assert {row[3] for row in rejects(summary)} == {"role address"}
    import_file(ada, "email\nabuse@x.org\n", refuse_roles=False)
    assert set(contacts_of(ada.account_id)) == {"ada@x.org", "abuse@x.org"}


def test_the_rejects_file_is_its_owners_only(ada):
    summary = import_file(ada, "email\nwrong\nada@x.org\n")
    assert Path(summary.rejects_file).stat().st_mode & 0o077 == 0


def test_many_unclosed_quotes_do_not_take_forever(tmp_path):
    path = tmp_path / "quotes.csv"
    path.write_bytes(b"email,note\n" + b'a@x.org,"\n' * 4_001)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with path.open("rb") as file:
        chunk = read_chunk(file, 1, 10_000, "utf-8", ",")
    assert len(chunk.rows) + len(chunk.broken) > 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 20


def test_two_imports_of_one_account_do_not_mix(ada):
    import_file(ada, "email,a\nx@y.org,1\n")
    with pytest.raises(Conflict):
        from fairpost.contacts.actions.import_contacts import resume_import

        resume_import(actor=ada.owner, account_id=ada.account_id, import_id=newest(ada.account_id))


def newest(account_id: int) -> int:
    from fairpost.contacts.queries.imports import recent_imports

    return recent_imports(account_id)[0].import_id
