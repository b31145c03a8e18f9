"""The commands of accounts and identities do what the actions do, and print what a script can read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from tests.authoritative import authoritative, txt
from tests.builders.tenants import make_account, make_identity

from fairpost.cli import account, identity
from fairpost.kernel.errors import Conflict, FairpostError, Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key
from fairpost.tenants.actions.authenticate_person import authenticate_person

pytestmark = pytest.mark.django_db


def call(command, *arguments: str, status: int = 0, **options):
    """Runs a command with --json and returns what it printed, parsed."""
    result = CliRunner().invoke(command, [*arguments, "--json"], **options)
    if isinstance(result.exception, FairpostError):
        raise result.exception
    assert result.exit_code == status, result.output
    return json.loads(result.stdout) if result.stdout else None


def test_an_account_from_nothing_to_a_key_that_works():
    opened = call(account.command, "create", "party", "Party", "--postal-address", "1 Main Street")
    assert opened["slug"] == "party"
    inside = ("--account", "party")
    unit = call(account.command, "unit", "create", "news", "News", *inside)
    assert [each["slug"] for each in call(account.command, "unit", "list", *inside)] == ["main", "news"]
    assert call(account.command, "show", *inside)["id"] == opened["id"]
    assert call(account.command, "change", "--language", "fr", *inside)["language"] == "fr"
    key = call(
        account.command, "key", "create", "web", "--capability", "content.read", "--unit", str(unit["id"]), *inside
    )
    actor = authenticate_api_key(key["key"])
    assert (actor.account_id, actor.unit_id, actor.capabilities) == (opened["id"], unit["id"], {"content.read"})
    (listed,) = call(account.command, "key", "list", *inside)
    assert "key" not in listed
    call(account.command, "key", "revoke", str(key["id"]), *inside)
    assert authenticate_api_key(key["key"]) is None
    acts = [each["act"] for each in call(account.command, "record", *inside)]
    assert acts[:2] == ["api_key.revoked", "api_key.created"]


def test_people_come_in_with_a_password_from_standard_input():
    tenant = make_account("party")
    inside = ("--account", "party")
    added = call(
        account.command,
        "person",
        "create",
        "ben@example.org",
        "Ben",
        "--role",
        "author",
        "--password-stdin",
        *inside,
        input="correct horse battery\n",
    )
    assert authenticate_person("ben@example.org", "correct horse battery") == added["id"]
    granted = call(account.command, "person", "grant", "ben@example.org", "sender", *inside)
    assert [each["role"] for each in granted["roles"]] == ["author", "sender"]
    call(account.command, "person", "revoke", "ben@example.org", "author", *inside)
    call(account.command, "person", "password", "ben@example.org", *inside, input="another good password\n")
    assert authenticate_person("ben@example.org", "another good password") == added["id"]
    with pytest.raises(NotFound):
        call(account.command, "person", "grant", "nobody@example.org", "sender", *inside)
    owner = queries.person(tenant.account_id, tenant.owner.person_id).email
    with pytest.raises(Conflict):
        call(account.command, "person", "revoke", owner, "owner", *inside)


def test_a_joint_sender_and_its_notice():
    make_account("party")
    inside = ("--account", "party")
    one, two = (call(account.command, "organisation", "create", name, *inside)["id"] for name in ("One", "Two"))
    joint = call(
        account.command,
        "joint-sender",
        "create",
        "Fund",
        "--participant",
        f"{one}:2020-01-01",
        "--participant",
        f"{two}:2020-01-01:2099-01-01",
        *inside,
    )
    notice = call(
        account.command,
        "joint-sender",
        "notice",
        str(joint["id"]),
        "--share",
        f"{one}=2/3",
        "--share",
        f"{two}=1/3",
        "--limit",
        f"{two}=100.50",
        "--currency",
        "EUR",
        *inside,
    )
    assert notice["version"] == 1
    assert "Two: 1/3, at most EUR\u00a0100.50 per donor" in notice["text"]["en"]
    assert [each["id"] for each in call(account.command, "joint-sender", "notice", str(joint["id"]), *inside)] == [
        notice["id"]
    ]
    call(account.command, "joint-sender", "leave", str(joint["id"]), str(two), "--until", "2098-01-01", *inside)
    (listed,) = call(account.command, "joint-sender", "list", *inside)
    assert [each["until"] for each in listed["participants"]] == [None, "2098-01-01"]
    call(account.command, "joint-sender", "join", str(joint["id"]), str(two), "--from", "2098-06-01", *inside)


@pytest.mark.parametrize(
    "wrong",
    [
        ["joint-sender", "create", "Fund", "--participant", "one:2020-01-01"],
        ["joint-sender", "create", "Fund", "--participant", "1"],
        ["joint-sender", "notice", "1", "--share", "60%"],
        ["joint-sender", "notice", "1", "--share", "1=60%", "--limit", "2=5", "--currency", "EUR"],
        ["joint-sender", "notice", "1", "--share", "1=most"],
    ],
)
def test_wrong_use_is_invalid_and_says_how_to_write_it(wrong):
    make_account("party")
    with pytest.raises(Invalid):
        call(account.command, *wrong, "--account", "party")


def test_a_command_acts_as_the_key_in_the_environment(monkeypatch):
    make_account("party")
    make_account("other")
    key = call(account.command, "key", "create", "web", "--capability", "account.read", "--account", "party")
    monkeypatch.setenv("FAIRPOST_API_KEY", key["key"])
    assert [each["slug"] for each in call(account.command, "list")] == ["party"]
    with pytest.raises(NotFound):
        call(account.command, "show", "--account", "other")
    for forbidden in (["unit", "create", "news", "News"], ["key", "list"], ["record"]):
        with pytest.raises(Forbidden):
            call(account.command, *forbidden, "--account", "party")
    with pytest.raises(Forbidden):
        call(account.command, "create", "third", "Third")


def test_an_identity_from_creation_to_a_passed_check(settings):
    make_account("party")
    inside = ("--account", "party")
    made = call(
        identity.command, "create", "news@example.org", "News", "--return-path-domain", "b.example.org", *inside
    )
    number = str(made["id"])
    records = call(identity.command, "records", number, *inside)
    zone = {each["name"]: {each["type"]: [record_text(each)]} for each in records}
    zone["bounces.platform.example"] = {"MX": ["10 mx.platform.example."], "TXT": [txt("v=spf1 ip4:192.0.2.0/24 ~all")]}
    zone["mx.platform.example"] = {"A": ["192.0.2.5"]}
    with authoritative(zone) as server:
        settings.FAIRPOST = replace(
            django_settings.FAIRPOST,
            nameservers=server.nameservers,
            return_path_domain="bounces.platform.example",
            sending_addresses="192.0.2.5",
        )
        zone_now = call(identity.command, "records", number, *inside)
        server.zone["b.example.org"] = {"CNAME": [each["value"] for each in zone_now if each["type"] == "CNAME"]}
        report = call(identity.command, "check", number, *inside, status=1)
        assert [each["check"] for each in report["findings"] if each["status"] == "error"] == ["dkim"]
        (key,) = call(identity.command, "show", number, *inside)["keys"]
        call(identity.command, "activate-key", str(key["id"]), *inside)
        assert call(identity.command, "check", number, *inside)["passed"] is True
    shown = call(identity.command, "show", number, *inside)
    assert (shown["check"]["passed"], shown["keys"][0]["state"]) == (True, "active")


def record_text(record: dict) -> str:
    return txt(record["value"]) if record["type"] == "TXT" else record["value"]


def test_a_failed_check_ends_with_status_1_and_says_what_to_do(settings):
    tenant = make_account("party")
    identity_id = make_identity(tenant)
    with authoritative({}) as server:
        settings.FAIRPOST = replace(django_settings.FAIRPOST, nameservers=server.nameservers)
        result = CliRunner().invoke(identity.command, ["check", str(identity_id), "--account", "party"])
    assert result.exit_code == 1
    assert "Publish this TXT record" in result.output


def test_a_rotated_key_is_printed_as_a_line_of_a_zone_file():
    tenant = make_account("party")
    identity_id = make_identity(tenant, signed=True)
    result = CliRunner().invoke(
        identity.command, ["rotate-key", str(identity_id), "--selector", "next", "--account", "party"]
    )
    assert result.output.startswith('next._domainkey.example.org. IN TXT "v=DKIM1; k=rsa; p=')
    assert '" "' in result.output.splitlines()[0]


def test_an_identity_changes_its_name_and_lists():
    tenant = make_account("party")
    identity_id = make_identity(tenant)
    call(identity.command, "change", str(identity_id), "--from-name", "Newsroom", "--account", "party")
    (listed,) = call(identity.command, "list", "--account", "party")
    assert listed["from_name"] == "Newsroom"
    made = call(identity.command, "platform-key", "--domain", "mail.platform.example", "--algorithm", "ed25519")
    assert call(identity.command, "activate-key", str(made["id"]), "--platform", "--force")["state"] == "active"


def test_a_personal_key_makes_the_command_line_that_persons(monkeypatch):
    call(account.command, "person", "create", "mara@example.org", "Mara", "--role", "reviewer", "--installation")
    made = ("key", "create", "laptop", "--person", "mara@example.org", "--installation")
    first = call(account.command, *made)
    monkeypatch.setenv("FAIRPOST_API_KEY", first["key"])
    second = call(account.command, *made)
    assert authenticate_api_key(second["key"]).person_id == authenticate_api_key(first["key"]).person_id
    with pytest.raises(NotFound):
        call(account.command, "key", "create", "x", "--person", "nobody@example.org", "--installation")
    with pytest.raises(Forbidden):
        call(account.command, "organisation", "identify", "1", "--same-as", "2", "--reason", "mine")
    call(account.command, "key", "revoke", str(first["id"]), "--installation")
    with pytest.raises(Forbidden, match="not valid"):
        call(account.command, "list")


def test_two_organisations_are_said_to_be_one_and_told_apart_again():
    ada, mallory = make_account(), make_account(owner="Mallory")
    one, other = (queries.account(each.account_id).holder_id for each in (ada, mallory))
    call(account.command, "organisation", "identify", str(one), "--same-as", str(other), "--reason", "one register")
    listed = {each["id"]: each["same_as_id"] for each in call(account.command, "organisation", "list", "--all")}
    assert (listed[one], listed[other]) == (other, None)
    call(account.command, "organisation", "tell-apart", str(one), "--reason", "two registers")
    listed = {each["id"]: each["same_as_id"] for each in call(account.command, "organisation", "list", "--all")}
    assert listed[one] is None
