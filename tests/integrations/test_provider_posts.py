"""What providers post is believed where it is signed, applied to the account that it concerns, and applied once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pyroaring import BitMap
from tests.builders.delivery import AT, clock, dispatch
from tests.builders.provider_posts import (
    CERTIFICATE,
    HOST,
    LATER,
    TOPIC,
    Sns,
    arrive,
    became,
    ses_bounce,
    ses_complaint,
    signed_post,
)
from tests.builders.sending import rows
from tests.builders.tenants import make_account
from tests.builders.webhooks import make_contact

from fairpost.audit.queries import audit_events
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.integrations.actions.add_hook import add_hook, remove_hook
from fairpost.integrations.actions.take_posts import take_posts
from fairpost.integrations.providers import PROVIDERS, provider
from fairpost.integrations.providers.ses import verify as ses_verify
from fairpost.integrations.queries.hooks import hooks, posts
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.tenants.actors import local_operator
from fairpost.tenants.keyring import installation_keyring

pytestmark = pytest.mark.django_db
CAMPAIGN = 88


@pytest.fixture(autouse=True)
def no_certificates(monkeypatch):
    monkeypatch.setattr(ses_verify, "CERTIFICATES", ses_verify.Certificates())


def mailed(tenant, *ordinals):
    """A campaign that these contacts were written to."""
    for ordinal in ordinals:
        make_contact(tenant, ordinal, f"p{ordinal}@x.example", AT)
    dispatch(tenant.account_id, CAMPAIGN, BitMap(ordinals))
    rows(
        "INSERT INTO batch_outcome (account_id, campaign_id, batch_no, state, size, members)"
        " VALUES (%s, %s, 0, 'accepted', %s, %s)",
        tenant.account_id, CAMPAIGN, len(ordinals), BitMap(ordinals).serialize(),
    )  # fmt: skip


def return_path(tenant, ordinal):
    token = TokenIssuer(installation_keyring()).for_campaign(tenant.account_id, CAMPAIGN).mail(ordinal).decode()
    return f"b-{token}@bounces.example"


def feedback(tenant):
    return rows(
        "SELECT kind, campaign_id, ordinal, effect, source FROM feedback WHERE account_id = %s ORDER BY id",
        tenant.account_id,
    )


def generic(tenant, **options):
    return add_hook(actor=tenant.owner, account_id=tenant.account_id, provider="generic", **options)


def bounce(address="p7@x.example", identity="b1", **more):
    return {"events": [{"id": identity, "type": "bounce", "address": address, "class": "unknown_user", **more}]}


class TestGeneric:
    def test_a_signed_bounce_suppresses_and_a_replay_changes_nothing(self):
        ada, now = make_account(), clock()
        mailed(ada, 7)
        hook = generic(ada)
        first = signed_post(hook, bounce(return_path=return_path(ada, 7)), now.now())
        assert take_posts(now) == 1
        assert became(first) == ("done", "")
        assert feedback(ada) == [("hard_bounce", CAMPAIGN, 7, "suppressed", "webhook")]
        assert rows("SELECT body FROM intake WHERE id = %s", first) == [(b"",)]
        again = signed_post(hook, bounce(return_path=return_path(ada, 7)), now.now())
        known = signed_post(hook, bounce(return_path=return_path(ada, 7)), now.now(), message_id="msg_2")
        assert take_posts(now) == 2
        assert became(again) == ("refused", "A post with this id was taken before; this one changed nothing.")
        assert became(known) == ("done", "1 were taken before")
        assert len(feedback(ada)) == 1

    def test_forged_old_and_cut_posts_are_refused_with_the_reason(self):
        ada, now = make_account(), clock()
        mailed(ada, 7)
        hook, other = generic(ada), generic(ada)
        said, late = bounce(), now.now() - LATER
        whole = json.dumps(said).encode()
        refused = {
            signed_post(hook, said, now.now(), secret=other.secret): "does not fit its content",
            signed_post(hook, said, now.now(), body=whole.replace(b"p7", b"p8")): "does not fit its content",
            signed_post(hook, said, now.now(), signed_at=late): "more than five minutes",
            signed_post(hook, said, now.now(), headers={"Webhook-Timestamp": "9" * 30}): "cannot be read",
            signed_post(hook, said, now.now(), headers={"Webhook-Signature": "v1,é v2,x"}): "does not fit",
            signed_post(hook, said, now.now(), headers={"Webhook-Id": "msg_9"}): "does not fit its content",
            arrive(hook.hook_id, "generic", whole, {}, now.now()): "has no webhook-id",
            signed_post(hook, whole[:-5], now.now(), "cut"): "not whole JSON",
            signed_post(hook, b"[" * 100_000, now.now(), "deep"): "not whole JSON",
            signed_post(hook, b"[]", now.now(), "list"): "no JSON object",
            signed_post(hook, {"events": [1]}, now.now(), "wrong"): "no list of events",
            signed_post(hook, {"events": [{"type": "open"}]}, now.now(), "type"): "Event 0",
            signed_post(hook, bounce(**{"class": "dead"}), now.now(), "class"): "does not exist",
            signed_post(hook, {"x": "y" * 1_000_000}, now.now(), "long"): "longer than one megabyte",
            arrive("a" * 26, "generic", whole, {}, now.now()): "no such hook",
            arrive(hook.hook_id, "ses", whole, {}, now.now()): "no such hook",
            arrive(hook.hook_id, "none", whole, {}, now.now()): "no such hook",
        }
        assert take_posts(now) == len(refused)
        for post, why in refused.items():
            state, said = became(post)
            assert state == "refused"
            assert why in said
        assert feedback(ada) == []

    def test_a_post_that_waited_while_the_database_was_down_is_still_good(self):
        ada, now = make_account(), clock()
        mailed(ada, 7)
        post = signed_post(generic(ada), bounce(), now.now())
        now.advance(timedelta(hours=5))
        take_posts(now)
        assert became(post)[0] == "done"

    def test_one_accounts_hook_says_nothing_about_anothers_contacts(self):
        ada, mallory, now = make_account(), make_account(owner="Mallory"), clock()
        mailed(ada, 7)
        hook = generic(mallory)
        by_token = signed_post(hook, bounce(return_path=return_path(ada, 7)), now.now(), "a")
        by_address = signed_post(hook, bounce("p7@x.example"), now.now(), "b")
        take_posts(now)
        assert became(by_token) == ("done", "1 concern no mail of this account")
        assert became(by_address)[0] == "done"
        assert feedback(ada) == []
        with pytest.raises(NotFound):
            posts(mallory.owner, ada.account_id, hook.hook_id)
        with pytest.raises(NotFound):
            posts(ada.owner, ada.account_id, hook.hook_id)
        with pytest.raises(NotFound):
            remove_hook(actor=ada.owner, account_id=ada.account_id, hook_id=hook.hook_id)
        assert hooks(ada.owner, ada.account_id) == []

    def test_the_installations_hook_takes_what_a_token_names_and_no_bare_address(self):
        ada, now = make_account(), clock()
        mailed(ada, 7)
        hook = add_hook(actor=local_operator(), account_id=None, provider="generic")
        named = signed_post(hook, bounce(message_id=f"<{return_path(ada, 7)[2:]}>"), now.now(), "a")
        bare = signed_post(hook, bounce(identity="b2"), now.now(), "b")
        take_posts(now)
        assert became(named) == ("done", "")
        assert became(bare) == ("done", "1 concern no mail of this account")
        assert len(feedback(ada)) == 1
        with pytest.raises(Forbidden):
            add_hook(actor=ada.owner, account_id=None, provider="generic")

    def test_a_removed_hook_takes_nothing_and_its_secret_is_gone(self):
        ada, now = make_account(), clock()
        hook = generic(ada)
        assert hook.secret.encode() not in bytes(rows("SELECT secret FROM inbound_hook")[0][0])
        remove_hook(actor=ada.owner, account_id=ada.account_id, hook_id=hook.hook_id, clock=now)
        post = signed_post(hook, bounce(), now.now())
        take_posts(now)
        assert became(post) == ("refused", "There is no such hook.")
        assert rows("SELECT secret FROM inbound_hook") == [(None,)]
        assert {"hook.added", "hook.removed"} <= {each.act for each in audit_events(ada.account_id, limit=5)}

    def test_a_fault_of_ours_keeps_the_post_and_no_other(self, monkeypatch):
        from fairpost.integrations.actions import take_posts as job

        ada, now = make_account(), clock()
        mailed(ada, 7, 8)
        hook = generic(ada)
        bad = signed_post(hook, bounce("p7@x.example"), now.now(), "a")
        good = signed_post(hook, bounce("p8@x.example", "b2"), now.now(), "b")
        real = job.apply

        def breaks(hook, happening, *rest):
            if happening.failed.recipient == "p7@x.example":
                raise RuntimeError("a fault")
            real(hook, happening, *rest)

        monkeypatch.setattr(job, "apply", breaks)
        take_posts(now)
        assert (became(bad)[0], became(good)[0]) == ("new", "done")
        monkeypatch.setattr(job, "apply", real)
        assert take_posts(now) == 0, "not before its time"
        now.advance(timedelta(minutes=1))
        take_posts(now)
        assert became(bad) == ("done", "")
        assert len(feedback(ada)) == 2


class TestSes:
    def hook(self, tenant):
        return add_hook(
            actor=tenant.owner, account_id=tenant.account_id, provider="ses", settings={"topic": TOPIC}
        )

    def arrived(self, hook, body, now):
        return arrive(hook.hook_id, "ses", body, {"Content-Type": "text/plain"}, now.now())

    @pytest.mark.parametrize("version", ["1", "2"])
    def test_a_bounce_is_taken_in_either_version_and_the_certificate_is_fetched_once(self, version):
        ada, now, sns = make_account(), clock(), Sns()
        mailed(ada, 7, 8)
        hook = self.hook(ada)
        first = sns.post(ses_bounce("p7@x.example", return_path(ada, 7)), version=version)
        second = sns.post(ses_complaint("p8@x.example", return_path(ada, 8)), version=version, MessageId="other")
        taken = [self.arrived(hook, each, now) for each in (first, second)]
        take_posts(now, client=sns.client())
        assert [became(each) for each in taken] == [("done", ""), ("done", "")]
        assert feedback(ada) == [
            ("hard_bounce", CAMPAIGN, 7, "suppressed", "webhook"),
            ("complaint", CAMPAIGN, 8, "suppressed", "webhook"),
        ]
        assert sns.asked == [CERTIFICATE]

    def test_forged_posts_are_refused(self):
        ada, now, sns = make_account(), clock(), Sns()
        mailed(ada, 7)
        hook, forger = self.hook(ada), Sns()
        good = sns.post(ses_bounce("p7@x.example"))
        elsewhere = "https://sns.evil.example/SimpleNotificationService-" + "0a" * 16 + ".pem"
        forged = {
            forger.post(ses_bounce("p7@x.example")): "does not fit",
            good.replace(b"p7@x", b"p8@x"): "does not fit",
            sns.post(ses_bounce("p7@x.example"), TopicArn=TOPIC + "2"): "another topic",
            sns.post(ses_bounce("p7@x.example"), SigningCertURL=elsewhere): "not on a server of Amazon",
            sns.post({}, SigningCertURL="http" + CERTIFICATE[5:]): "not on a server of Amazon",
            sns.post({}, SigningCertURL=CERTIFICATE.replace("com/", "com.evil.example/")): "not on a server of Amazon",
            sns.post({}, SigningCertURL=CERTIFICATE.replace("https://", "https://x@")): "not on a server of Amazon",
            sns.post({}, SigningCertURL=CERTIFICATE + "?x=.amazonaws.com"): "not on a server of Amazon",
            sns.post({}, SigningCertURL=f"{HOST}/mine.pem"): "not on a server of Amazon",
            sns.post({}, SigningCertURL="https://[x/"): "not on a server of Amazon",
            json.dumps({**json.loads(good), "SignatureVersion": "3"}).encode(): "type or signature version",
            json.dumps({**json.loads(good), "Type": "Other"}).encode(): "type or signature version",
            json.dumps({**json.loads(good), "Signature": "%%%"}).encode(): "does not fit",
            good[:200]: "not whole JSON",
            b"": "not whole JSON",
            b'{"x": "' + b"y" * 1_000_001 + b'"}': "longer than one megabyte",
        }
        posted = {self.arrived(hook, body, now): why for body, why in forged.items()}
        take_posts(now, client=sns.client())
        for post, why in posted.items():
            state, said = became(post)
            assert state == "refused", why
            assert why in said
        assert set(sns.asked) == {CERTIFICATE}
        assert feedback(ada) == []

    def test_a_subscription_is_confirmed_on_amazons_servers_and_nowhere_else(self):
        ada, now, sns = make_account(), clock(), Sns()
        hook = self.hook(ada)
        yes, no = f"{HOST}/?Action=ConfirmSubscription&Token=t", "https://inside.example/?Action=ConfirmSubscription"
        sns.pages[yes] = (200, b"<xml/>")
        about = {"kind": "SubscriptionConfirmation", "Token": "t"}
        good = self.arrived(hook, sns.post("confirm", **about, SubscribeURL=yes), now)
        bad = self.arrived(hook, sns.post("confirm", **about, SubscribeURL=no, MessageId="other"), now)
        take_posts(now, client=sns.client())
        assert became(good) == ("done", "")
        assert became(bad)[0] == "refused"
        assert yes in sns.asked
        assert no not in sns.asked

    def test_a_certificate_that_does_not_come_is_waited_for_and_one_that_is_over_is_refused(self):
        ada, now, sns = make_account(), clock(), Sns()
        mailed(ada, 7)
        hook = self.hook(ada)
        known, sns.pages[CERTIFICATE] = sns.pages[CERTIFICATE], (503, b"")
        post = self.arrived(hook, sns.post(ses_bounce("p7@x.example")), now)
        assert take_posts(now, client=sns.client()) == 0
        assert became(post)[0] == "new"
        sns.pages[CERTIFICATE] = known
        now.advance(timedelta(minutes=1))
        assert take_posts(now, client=sns.client()) == 1
        assert became(post)[0] == "done"
        ses_verify.CERTIFICATES.kept.clear()
        old = Sns(ends=datetime(2026, 12, 31, tzinfo=UTC))
        late = self.arrived(hook, old.post(ses_bounce("p7@x.example"), MessageId="other"), now)
        take_posts(now, client=old.client())
        assert became(late) == ("refused", "The certificate that the post names is over, or of another kind.")

    def test_what_amazon_says_beside_the_receiving_server_counts_where_that_says_nothing(self):
        read = provider("ses").read
        sns = Sns()

        def judged(**bounce):
            said = {"bouncedRecipients": [{"emailAddress": "a@x.example"}], **bounce}
            [found] = read(sns.post(ses_bounce("a@x.example", **said)))
            return found.failed.cls, found.failed.hard

        assert judged() == ("unknown_user", True)
        assert judged(bounceType="Transient") == ("temporary", False)
        assert judged(bounceType="Transient", bounceSubType="MailboxFull") == ("mailbox_full", False)
        assert judged(bounceSubType="OnAccountSuppressionList")[1] is False
        [transient] = read(sns.post(ses_bounce("a@x.example", bounceType="Transient")))
        assert transient.failed.hard is False

    def test_what_is_no_complaint_suppresses_nobody(self):
        ada, now, sns = make_account(), clock(), Sns()
        mailed(ada, 7)
        post = self.arrived(self.hook(ada), sns.post(ses_complaint("p7@x.example", kind="not-spam")), now)
        take_posts(now, client=sns.client())
        assert became(post)[0] == "done"
        assert [row[3] for row in feedback(ada)] == ["none"]

    def test_other_messages_of_the_topic_are_nothing_here(self):
        read, sns = provider("ses").read, Sns()
        assert read(sns.post("Successfully validated SNS topic for Amazon SES event publishing.")) == []
        assert read(sns.post({"notificationType": "Delivery", "delivery": {"recipients": ["a@x.example"]}})) == []
        assert read(sns.post({"eventType": "Open", "open": {}})) == []
        assert read(sns.post({"notificationType": "Bounce", "bounce": []})) == []

    def test_a_hook_without_its_topic_is_refused(self):
        ada = make_account()
        for settings in ({}, {"topic": "arn:aws:sqs:x"}, {"topic": TOPIC, "more": "x"}):
            with pytest.raises(Invalid):
                add_hook(actor=ada.owner, account_id=ada.account_id, provider="ses", settings=settings)


class TestDonations:
    def line(self, **changes):
        return {
            "order_id": "A1", "line_item": "1", "at": "2027-01-04T08:00:00+00:00", "amount": "25.00",
            "currency": "USD", "receiver": "State Party", **changes,
        }  # fmt: skip

    def test_lines_are_taken_once_and_wrong_ones_alone_are_not(self):
        ada, now = make_account(), clock()
        hook = add_hook(actor=ada.owner, account_id=ada.account_id, provider="donations")
        refund = {"kind": "refund", "order_id": "A1", "line_item": "1", "event_id": "r1", "at": self.line()["at"]}
        said = {"platform": "acme", "lines": [refund, self.line(), self.line(order_id="A2", amount="x"), 5]}
        first = signed_post(hook, said, now.now(), "a")
        again = signed_post(hook, said, now.now(), "b")
        take_posts(now)
        state, error = became(first)
        assert state == "done"
        assert "line 2" in error
        assert "line 3" in error
        assert "2 were taken before" in became(again)[1]
        assert rows("SELECT d.amount, d.refunded, e.source FROM donation AS d JOIN donation_event AS e"
                    " USING (account_id, order_id, line_item) WHERE e.kind = 'donation'") == [
            (2500, 2500, f"webhook:{hook.hook_id}")
        ]  # fmt: skip

    def test_a_hook_for_donations_belongs_to_one_account(self):
        with pytest.raises(Invalid, match="belongs to one account"):
            add_hook(actor=local_operator(), account_id=None, provider="donations")


def test_every_provider_has_the_same_files():
    from pathlib import Path

    from fairpost.integrations import providers

    folder = Path(providers.__file__).parent
    for name in PROVIDERS:
        names = {each.name for each in (folder / name).iterdir() if each.name != "__pycache__"}
        assert names == {"__init__.py", "README.md", "settings.py", "verify.py", "read.py"}, name
        provider(name)
    assert {each.name for each in folder.iterdir() if each.is_dir()} - {"__pycache__"} == set(PROVIDERS)
