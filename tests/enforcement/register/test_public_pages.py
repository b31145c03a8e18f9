"""The register as strangers fetch it: page, JSON, feed; what is sealed or kept out is in none of them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from tests.builders.mails import stranger
from tests.builders.register import SECRET, START, act, keep_out, make_appeal, make_decision
from tests.builders.tenants import make_account, make_person

from fairpost.enforcement.actions.keep_out_entry import end_keep_out
from fairpost.enforcement.actions.seal_entry import seal_entry
from fairpost.kernel.clock import FixedClock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = START + 200 * DAY
A = "{http://www.w3.org/2005/Atom}"
ADDRESSES = ("/register", "/register.json", "/register.atom")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The pages ask the one clock; here it stands, and can be moved."""
    standing = FixedClock(NOW)
    monkeypatch.setattr("fairpost.kernel.clock.SystemClock.now", lambda _self: standing.at)
    return standing


def get(path: str, **headers: str):
    return stranger().get(path, headers=headers)


def read(path: str) -> str:
    return get(path).content.decode()


def everywhere(decision: int) -> str:
    """All that a stranger can get of it, answers' headers included."""
    found = []
    for path in (*ADDRESSES, f"/register/D-{decision}", f"/register/D-{decision}.json"):
        response = get(path)
        found.append(f"{sorted(response.headers.items())} {response.content.decode()}")
    return "\n".join(found)


def sealed(decision: int, until: datetime) -> None:
    seal_entry(
        actor=make_person(None, "Olga", "operator"), decision_id=decision, until=until, legal_basis="Court file 7"
    )


def test_a_public_entry_is_in_all_forms():
    decision = make_decision(make_account())
    for path in (*ADDRESSES, f"/register/D-{decision}", f"/register/D-{decision}.json"):
        response = get(path)
        assert response.status_code == 200
        assert f"D-{decision}" in response.content.decode()
    assert f"{SECRET} Committee" in read(f"/register/D-{decision}")
    assert json.loads(read("/register.json"))["entries"][0]["state"] == "expired"


def test_what_is_sealed_leaks_nowhere_and_opens_by_itself(clock):
    decision = make_decision(make_account())
    sealed(decision, NOW + 10 * DAY)
    act(decision, "lifted", NOW)
    clock.advance(timedelta(hours=1))
    everything = everywhere(decision)
    assert everything.count("Court file 7") >= 5
    for secret in (SECRET, "umbrella", "suspend", "lifted", "M-", START.date().isoformat()):
        assert secret not in everything
    clock.advance(10 * DAY)
    assert everywhere(decision).count(f"{SECRET} Committee") >= 4


def test_what_an_order_keeps_out_is_as_if_it_had_never_been():
    """Not even by numbers: the answers with it and without it are the same octets and headers."""
    shown = make_decision(make_account())
    kept = make_decision(make_account(), now=START + DAY)
    keep_out(kept)
    assert get(f"/register/D-{kept}").content == get("/register/D-999999").content
    with_one = {path: (r := get(path)).content.decode() + str(sorted(r.headers.items())) for path in ADDRESSES}
    for text in with_one.values():
        assert f"D-{kept}" not in text
    more = make_decision(make_account(), now=START + 2 * DAY)
    keep_out(more)
    for path in ADDRESSES:
        assert with_one[path] == (r := get(path)).content.decode() + str(sorted(r.headers.items()))
    assert parsedate_to_datetime(get("/register.json")["Last-Modified"]) == datetime.fromisoformat(
        json.loads(read(f"/register/D-{shown}.json"))["updated_at"]
    )


def test_a_kept_out_an_unknown_and_a_parties_entry_answer_alike():
    kept = make_decision(make_account())
    keep_out(kept)
    parties = make_decision(make_account(), now=NOW)
    answers = set()
    for number in (kept, parties, 987654):
        for suffix in ("", ".json"):
            response = get(f"/register/D-{number}{suffix}")
            answers.add((response.status_code, response.content, str(sorted(response.headers.items()))))
    assert len(answers) == 1
    assert {each[0] for each in answers} == {404}


def test_ended_by_a_person_it_is_there():
    decision = make_decision(make_account())
    officer, _order = keep_out(decision)
    end_keep_out(actor=officer, decision_id=decision, reason="over")
    assert get(f"/register/D-{decision}").status_code == 200


def test_an_overturn_stands_first_and_as_large_as_the_decision():
    tenant = make_account()
    decision = make_decision(tenant)
    make_appeal(decision, tenant, START + DAY, over=START + 5 * DAY, outcome="overturned")
    act(decision, "overturned", START + 5 * DAY)
    headings = re.findall(r"<h2>(.*?)</h2>", read(f"/register/D-{decision}"))
    assert len(headings) == 3
    assert "overturned" in headings[0] and "appeal" in headings[1] and headings[2] == f"Decision D-{decision}"
    statements = json.loads(read(f"/register/D-{decision}.json"))["statements"]
    assert [each["number"] for each in statements] == [3, 2, 1]
    assert all(each.keys() == statements[0].keys() for each in statements)


def test_the_feed_renews_the_entry_and_announces_the_amendment():
    tenant = make_account()
    decision = make_decision(tenant)
    plain = entries_of(read("/register.atom"))
    act(decision, "lifted", NOW - DAY)
    renewed = entries_of(read("/register.atom"))
    (tag,) = plain
    assert set(renewed) == {tag, f"{tag}/2"}
    assert renewed[tag]["updated"] > plain[tag]["updated"]
    assert renewed[tag]["published"] == plain[tag]["published"]
    assert "lifted" in renewed[tag]["title"] and "lifted" in renewed[f"{tag}/2"]["title"]
    assert renewed[tag]["content"].index("lifted") < renewed[tag]["content"].index(f"Decision D-{decision}")


def entries_of(text: str) -> dict[str, dict[str, str]]:
    """The feed by another reader; fails where RFC 4287 (4.1.1, 4.1.2) is not kept."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{A}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{A}{name}")) == 1
    assert root.find(f"{A}author/{A}name").text
    found = {}
    for each in root.findall(f"{A}entry"):
        for name in ("id", "title", "updated", "content"):
            assert len(each.findall(f"{A}{name}")) == 1
        assert each.find(f"{A}link[@rel='alternate']") is not None
        fields = {child.tag.removeprefix(A): child.text or "" for child in each}
        assert fields["id"].startswith("tag:localhost,20")
        assert datetime.fromisoformat(fields["updated"]) <= datetime.fromisoformat(root.find(f"{A}updated").text)
        found[fields["id"]] = fields
    assert len(found) == len(root.findall(f"{A}entry")), "an id stands once"
    return found


def test_feed_and_json_go_on_by_keyset():
    tenant = make_account()
    times = [START + number * timedelta(minutes=1) for number in range(53)]
    made = {f"D-{make_decision(tenant, now=each, kinds=['advise'], days=None)}" for each in times}
    address, seen = "/register.json", []
    while address:
        page = json.loads(read(address))
        seen += [each["id"] for each in page["entries"]]
        address = page["next"] and page["next"].removeprefix("http://localhost:8025")
    assert len(seen) == 53 and set(seen) == made
    root = ElementTree.fromstring(read("/register.atom"))
    following = root.find(f"{A}link[@rel='next']").get("href")
    assert len(entries_of(read(following.removeprefix("http://localhost:8025")))) == 3
    assert get("/register.json?before=nonsense").status_code == 400


def test_characters_that_xml_lacks_do_not_break_the_feed():
    make_decision(make_account(), facts="bell \x07 <script>&amp; \ud7ff \ufffe")
    ((_tag, fields),) = entries_of(read("/register.atom")).items()
    assert "<script>" in fields["content"] and "\x07" not in fields["content"]
    assert "<script>" not in read("/register").replace("&lt;script&gt;", "")


def test_a_reader_who_has_it_gets_304_and_one_who_has_the_old_one_does_not():
    decision = make_decision(make_account())
    etag = get("/register.json")["ETag"]
    assert get("/register.json", **{"If-None-Match": etag}).status_code == 304
    act(decision, "lifted", NOW)
    assert get("/register.json", **{"If-None-Match": etag}).status_code == 200
    later = {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
    assert get("/register.json", **later).status_code == 200


def test_one_entry_has_one_address():
    decision = make_decision(make_account())
    for spelling in ("{0}", "d-{0}", "D-0{0}", "D{0}", "D-{0}.xml", "D-", "D-1e3", "D-{0} "):
        assert get(f"/register/{spelling.format(decision)}").status_code == 404


def test_it_says_which_guarantees_are_not_met_and_gives_the_heads():
    assert "a second person approves" in read("/register")
    document = json.loads(read("/register.json"))
    assert [each["met"] for each in document["guarantees"]] == [False] * 5
    assert document["undisclosed"] == {"orders": "0", "entries": "0"}
    assert json.loads(read("/register/heads.json")).keys() == {"heads", "current"}
    assert get("/register/heads.json?after=x").status_code == 400


def test_nobody_writes_to_it():
    assert stranger().post("/register.json").status_code in (403, 405)
    assert NOW.tzinfo is UTC
