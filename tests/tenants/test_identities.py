"""A sender identity is clean, belongs to one unit, and signs only with keys that are its own."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from tests.authoritative import SERVFAIL, authoritative, txt
from tests.builders.tenants import make_account, make_identity, make_joint_sender, make_person

from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from fairpost.tenants import queries
from fairpost.tenants.actions.activate_dkim_key import activate_dkim_key
from fairpost.tenants.actions.change_identity import change_identity
from fairpost.tenants.actions.create_identity import create_identity
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_platform_key import create_platform_key
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.actions.rotate_dkim_key import rotate_dkim_key
from fairpost.tenants.actors import local_operator
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.models import DkimKey
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_share

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def test_a_sender_gets_what_it_needs_to_sign(tmp_path):
    tenant = make_account()
    identity_id = make_identity(tenant, "news@example.org", signed=True, reply_to="office@example.org")
    identity = queries.sending_identity(tenant.account_id, identity_id)
    assert (identity.from_address, identity.reply_to) == ("news@example.org", "office@example.org")
    assert (identity.unit_id, identity.postal_address) == (tenant.unit_id, "1 Main Street")
    assert identity.organisation_name == queries.account(tenant.account_id).holder
    assert (identity.joint_sender_id, identity.joint_notice_id) == (None, None)
    (secret,) = identity.dkim
    assert secret.domain == "example.org"
    (record,) = [each for each in queries.dns_records(tenant.account_id, identity_id) if each.purpose == "dkim"]
    assert record.name == f"{secret.selector}._domainkey.example.org"
    message = b"From: news@example.org\r\nSubject: x\r\n\r\nbody\r\n"
    signed = dkim.sign(
        message, secret.selector.encode(), b"example.org", pkcs1(secret.private_key_pem), include_headers=[b"from"]
    )
    published = record.value.encode()
    assert dkim.verify(signed + message, dnsfunc=lambda name, timeout=5: published)


def pkcs1(pem: bytes) -> bytes:
    """dkimpy reads the older form of a private key only."""
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    key = load_pem_private_key(pem, None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def test_the_database_never_holds_a_readable_private_key():
    tenant = make_account()
    make_identity(tenant, signed=True)
    for row in DkimKey.objects.all():
        assert b"PRIVATE" not in bytes(row.private_key)


def test_a_ciphertext_moved_to_another_key_cannot_be_read():
    tenant = make_account()
    one = make_identity(tenant, "a@one.example", signed=True)
    make_identity(tenant, "a@two.example", signed=True)
    stolen = DkimKey.objects.get(domain_name="two.example").private_key
    DkimKey.objects.filter(domain_name="one.example").update(private_key=stolen)
    with pytest.raises(Invalid):
        queries.sending_identity(tenant.account_id, one)


def test_a_lost_key_ring_is_never_replaced_by_a_new_one(tmp_path):
    tenant = make_account()
    identity_id = make_identity(tenant, signed=True)
    path = Path(settings.FAIRPOST.data_dir) / "keyring.json"
    path.rename(path.with_suffix(".away"))
    try:
        with pytest.raises(Unavailable):
            queries.sending_identity(tenant.account_id, identity_id)
        with pytest.raises(Unavailable):
            rotate_dkim_key(actor=tenant.owner, account_id=tenant.account_id, identity_id=identity_id)
        assert not path.exists()
    finally:
        path.with_suffix(".away").rename(path)


def test_an_identity_without_active_key_signs_nothing():
    tenant = make_account()
    identity = queries.sending_identity(tenant.account_id, make_identity(tenant))
    assert identity.dkim == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_name": "News\r\nBcc: all@example.org"},
        {"from_name": "News\nX"},
        {"from_name": "Ne\x00ws"},
        {"from_name": "Ne\x7fws"},
        {"from_name": ""},
        {"from_address": "news@example.org\r\nBcc: x@example.org"},
        {"from_address": "news@exa\rmple.org"},
        {"from_address": "news"},
        {"from_address": "@example.org"},
        {"from_address": "a b@example.org"},
        {"from_address": '"a\\"b"@example.org'},
        {"from_address": "a@b@example.org"},
        {"from_address": "a<b>@example.org"},
        {"from_address": "a..b@example.org"},
        {"from_address": "news@localhost"},
        {"from_address": "news@[192.0.2.1]"},
        {"from_address": "news@192.0.2.1"},
        {"from_address": "news@-x.example.org"},
        {"from_address": "a" * 65 + "@example.org"},
        {"from_address": "news@" + "a" * 64 + ".org"},
        {"reply_to": "x@example.org, y@example.org"},
        {"reply_to": "x@example.org\nBcc: y@example.org"},
        {"postal_address": "1 Main\x00Street"},
        {"link_domain": "links.example.org/path"},
        {"link_domain": "links.example.org\r\n"},
        {"link_domain": "user@links.example.org"},
        {"link_domain": "10.0.0.1"},
        {"return_path_domain": "bounce example.org"},
    ],
)
def test_nothing_that_could_break_a_header_gets_in(wrong):
    tenant = make_account()
    with pytest.raises(Invalid):
        make_identity(tenant, **{"from_address": "news@example.org", **wrong})
    identity_id = make_identity(tenant)
    if "from_address" not in wrong:
        with pytest.raises(Invalid):
            change_identity(actor=tenant.owner, account_id=tenant.account_id, identity_id=identity_id, **wrong)


def test_international_domains_become_a_labels_and_names_stay():
    tenant = make_account()
    identity_id = make_identity(tenant, "grüße@Bücher.Example", from_name="Bücher & Größe 📚")
    row = queries.identity(tenant.account_id, identity_id)
    assert row.from_address == "grüße@xn--bcher-kva.example"
    assert (row.domain, row.from_name) == ("xn--bcher-kva.example", "Bücher & Größe 📚")


def test_a_postal_address_has_lines_and_must_be_there():
    tenant = make_account()
    body = create_organisation(actor=tenant.owner, account_id=tenant.account_id, name="No address")
    with pytest.raises(Invalid, match="postal"):
        make_identity(tenant, organisation_id=body)
    identity_id = make_identity(tenant, organisation_id=body, postal_address="1 Main St\r\nTown")
    assert queries.identity(tenant.account_id, identity_id).postal_address == "1 Main St\nTown"


def test_a_joint_identity_carries_the_notice_in_force():
    tenant = make_account()
    joint, (one, two) = make_joint_sender(tenant)
    identity_id = make_identity(tenant, joint_sender_id=joint)
    clock = FixedClock(NOW)
    assert queries.sending_identity(tenant.account_id, identity_id, clock=clock).joint_notice_id is None
    terms = NoticeTerms((Allocation(one, parse_share("1/2")), Allocation(two, parse_share("1/2"))))
    notice = publish_notice(
        actor=tenant.owner, account_id=tenant.account_id, joint_sender_id=joint, terms=terms, clock=clock
    )
    identity = queries.sending_identity(tenant.account_id, identity_id, clock=clock)
    assert (identity.joint_sender_id, identity.joint_notice_id) == (joint, notice.id)
    assert identity.organisation_name == "Victory Fund"


def test_an_identity_sends_for_one_body_only():
    tenant = make_account()
    joint, (one, _two) = make_joint_sender(tenant)
    with pytest.raises(Invalid):
        make_identity(tenant, joint_sender_id=joint, organisation_id=one)


def test_a_units_person_manages_that_units_identities_only():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    ben = make_person(tenant.account_id, "Ben", "owner", unit_id=unit)
    own = {"actor": ben, "account_id": tenant.account_id}
    mine = create_identity(**own, unit_id=unit, from_name="N", from_address="n@news.example")
    theirs = make_identity(tenant)
    with pytest.raises(Forbidden):
        create_identity(**own, from_name="N", from_address="n@news.example")
    with pytest.raises(NotFound):
        change_identity(**own, identity_id=theirs, from_name="Mine now")
    with pytest.raises(NotFound):
        rotate_dkim_key(**own, identity_id=theirs)
    make_identity(tenant, "other@news.example")
    with pytest.raises(Forbidden, match="Other business units"):
        rotate_dkim_key(**own, identity_id=mine, algorithm="ed25519")


def test_a_new_key_signs_only_once_dns_shows_it():
    tenant = make_account()
    identity_id = make_identity(tenant, signed=True)
    (old,) = queries.sending_identity(tenant.account_id, identity_id).dkim
    own = {"actor": tenant.owner, "account_id": tenant.account_id}
    new = rotate_dkim_key(**own, identity_id=identity_id)
    assert new.state == "waiting"
    with authoritative({}) as server:
        resolver = Resolver(server.nameservers)
        with pytest.raises(Conflict, match="no DKIM record"):
            activate_dkim_key(**own, key_id=new.id, resolver=resolver)
        server.zone[new.record.name] = {"TXT": [txt("v=DKIM1; k=rsa; p=AAAA")]}
        with pytest.raises(Conflict, match="another key"):
            activate_dkim_key(**own, key_id=new.id, resolver=resolver)
        server.zone[new.record.name] = SERVFAIL
        with pytest.raises(Unavailable):
            activate_dkim_key(**own, key_id=new.id, resolver=resolver)
        assert queries.sending_identity(tenant.account_id, identity_id).dkim == (old,)
        server.zone[new.record.name] = {"TXT": [txt(new.record.value)]}
        assert activate_dkim_key(**own, key_id=new.id, resolver=resolver).state == "active"
        with pytest.raises(Conflict, match="before"):
            activate_dkim_key(**own, key_id=new.id, resolver=resolver)
    (now,) = queries.sending_identity(tenant.account_id, identity_id).dkim
    assert now.selector == new.selector != old.selector
    states = {each.selector: each for each in queries.identity_keys(tenant.account_id, identity_id)}
    assert states[old.selector].state == "retired"
    assert states[old.selector].retired_at is not None
    assert DkimKey.objects.get(selector=old.selector).private_key is None


def test_an_owner_cannot_skip_the_proof_in_dns():
    """Otherwise any account could sign for any domain of the same installation."""
    tenant = make_account()
    identity_id = make_identity(tenant)
    (key,) = queries.identity_keys(tenant.account_id, identity_id)
    with pytest.raises(Forbidden):
        activate_dkim_key(actor=tenant.owner, account_id=tenant.account_id, key_id=key.id, force=True)
    assert queries.sending_identity(tenant.account_id, identity_id).dkim == ()


def test_rsa_comes_before_ed25519():
    tenant = make_account()
    identity_id = make_identity(tenant, signed=True)
    own = {"actor": local_operator(), "account_id": tenant.account_id}
    key = rotate_dkim_key(**own, identity_id=identity_id, algorithm="ed25519")
    activate_dkim_key(**own, key_id=key.id, force=True)
    rsa, edwards = queries.sending_identity(tenant.account_id, identity_id).dkim
    assert load_pem_private_key(rsa.private_key_pem, None).key_size == 2048
    public = load_pem_private_key(edwards.private_key_pem, None).public_key()
    raw = base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    assert key.record.value == f"v=DKIM1; k=ed25519; p={raw}"


def test_one_new_key_waits_at_a_time_and_selectors_are_used_once():
    tenant = make_account()
    identity_id = make_identity(tenant, signed=True)
    own = {"actor": tenant.owner, "account_id": tenant.account_id, "identity_id": identity_id}
    with pytest.raises(Invalid):
        rotate_dkim_key(**own, selector="bad.selector")
    with pytest.raises(Invalid):
        rotate_dkim_key(**own, algorithm="dsa")
    first = queries.identity_keys(tenant.account_id, identity_id)[0]
    with pytest.raises(Conflict):
        rotate_dkim_key(**own, selector=first.selector)
    rotate_dkim_key(**own, selector="next")
    with pytest.raises(Conflict, match="waits"):
        rotate_dkim_key(**own)


def test_two_accounts_publish_beside_each_other_under_one_domain():
    ada, ben = make_account(), make_account()
    names = {
        queries.identity_keys(each.account_id, make_identity(each, "news@shared.example"))[0].record.name
        for each in (ada, ben)
    }
    assert len(names) == 2


def test_a_key_record_fits_dns_strings():
    tenant = make_account()
    (key,) = queries.identity_keys(tenant.account_id, make_identity(tenant))
    assert all(len(each) <= 255 for each in key.record.strings)
    assert "".join(key.record.strings) == key.record.value
    assert len(key.record.strings) == 2


def test_the_platform_signs_with_the_selected_active_key_only(settings):
    from dataclasses import replace

    operator = local_operator()
    assert queries.platform_signature() is None
    key = create_platform_key(actor=operator, domain="mail.platform.example", selector="plat")
    settings.FAIRPOST = replace(settings.FAIRPOST, platform_dkim_selector="plat")
    assert queries.platform_signature() is None
    activate_dkim_key(actor=operator, account_id=None, key_id=key.id, force=True)
    secret = queries.platform_signature()
    assert (secret.domain, secret.selector) == ("mail.platform.example", "plat")
    settings.FAIRPOST = replace(settings.FAIRPOST, platform_dkim_selector="")
    assert queries.platform_signature() is None


def test_an_owner_touches_no_platform_key():
    tenant = make_account()
    with pytest.raises(Forbidden):
        create_platform_key(actor=tenant.owner, domain="mail.platform.example")
    key = create_platform_key(actor=local_operator(), domain="mail.platform.example")
    with pytest.raises(NotFound):
        activate_dkim_key(actor=tenant.owner, account_id=tenant.account_id, key_id=key.id)
    with pytest.raises(Forbidden):
        activate_dkim_key(actor=tenant.owner, account_id=None, key_id=key.id)


def test_the_same_address_and_sender_once_per_unit():
    tenant = make_account()
    make_identity(tenant)
    with pytest.raises(Conflict):
        make_identity(tenant)
