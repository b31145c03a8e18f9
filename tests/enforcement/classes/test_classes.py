"""A content class is fixed under its label, and what it says of a mail is decided once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.builders.policies import make_class, policy_manager
from tests.builders.tenants import Tenant, make_account, make_person
from tests.enforcement.classes.conftest import Mail

from fairpost.audit.models import AuditEvent
from fairpost.enforcement.actions.create_content_class import create_content_class
from fairpost.enforcement.actions.install_starter_classes import install_starter_classes
from fairpost.enforcement.models import ContentClass
from fairpost.enforcement.queries import content_classes as queries
from fairpost.enforcement.queries.class_trial import try_class
from fairpost.enforcement.queries.content_classes import classify, content_class, content_class_by_id
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actors import local_operator

ASK = {"asks_donation": True}
GIVE = '<p>We fight like hell. <a href="https://give.example/" data-donation>Give</a></p>'


def test_a_label_names_one_version_for_ever(db: None):
    first = make_class(ASK, "asks")
    second = make_class({"not": ASK}, "asks")
    assert (first.label, second.label) == ("asks@1", "asks@2")
    assert content_class("asks") == second == content_class_by_id(second.id)
    assert content_class("asks@1") == first
    assert first.hash != second.hash
    for missing in ("asks@3", "asks@0", "asks@", "other", "", "Asks@1"):
        with pytest.raises(NotFound):
            content_class(missing)


def test_the_same_again_is_no_new_version(db: None):
    make_class(ASK, "asks")
    with pytest.raises(Conflict, match="asks@1"):
        make_class(ASK, "asks")


@pytest.mark.parametrize(
    "sql", ["UPDATE content_class SET rule = '{}'", "UPDATE content_class SET name = 'x'", "DELETE FROM content_class"]
)
def test_the_owner_of_the_table_cannot_change_a_class(db: None, sql: str):
    make_class(ASK)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


NO_CLASS: list[tuple[dict[str, Any], str]] = [
    ({"rule": {}}, "rule"),
    ({"rule": {"all": [1]}}, "rule.all[0]"),
    ({"name": "No Name"}, "name"),
    ({"texts": {}}, "texts"),
]


@pytest.mark.parametrize(("given", "field"), NO_CLASS)
def test_what_is_no_class_is_not_made(db: None, given: dict[str, Any], field: str):
    with pytest.raises(Invalid) as caught:
        make_class(**{"rule": ASK, "name": "asks", **given})
    assert caught.value.field == field
    assert not ContentClass.objects.exists()


def test_only_a_person_who_may_makes_classes(db: None):
    given = {"name": "asks", "rule": ASK, "texts": {"en": {"title": "Asks", "text": "Asks."}}}
    for actor in (make_account().owner, make_person(None, "Noor", "approver"), local_operator()):
        with pytest.raises(Forbidden):
            create_content_class(actor=actor, **given)
    pia = policy_manager()
    made = create_content_class(actor=pia, **given)
    assert made.created_by_person_id == pia.person_id
    assert AuditEvent.objects.get(act="content_class.created").subject == f"content_class:{made.id}"


def test_each_class_gets_its_answer(ada: Tenant, mail: Mail):
    asks, fights, neither = make_class(ASK), make_class({"phrases": ["like hell"]}), make_class({"language": ["it"]})
    found = classify(ada.account_id, mail(GIVE), [asks.id, fights.id, neither.id])
    assert {each: match.matched for each, match in found.items()} == {asks.id: True, fights.id: True, neither.id: False}
    assert any("fight like hell" in quote for _place, quote in found[fights.id].spans)


def test_an_answer_is_worked_out_once(ada: Tenant, mail: Mail, django_assert_num_queries: Any):
    version, one = mail(GIVE), make_class(ASK)
    classify(ada.account_id, version, [one.id])
    with django_assert_num_queries(0):
        assert classify(ada.account_id, version, [one.id, one.id])[one.id].matched


def test_several_classes_read_a_mail_once(ada: Tenant, mail: Mail, monkeypatch: pytest.MonkeyPatch):
    read: list[int] = []
    known = queries.content_facts
    monkeypatch.setattr(queries, "content_facts", lambda *place: read.append(place[1]) or known(*place))
    version = mail(GIVE)
    classify(ada.account_id, version, [make_class(ASK).id, make_class({"not": ASK}).id])
    assert read == [version]


def test_another_accounts_mail_is_not_classified(ada: Tenant, mail: Mail):
    version, one = mail(GIVE), make_class(ASK)
    classify(ada.account_id, version, [one.id])
    mallory = make_account(owner="Mallory")
    with pytest.raises(NotFound):
        classify(mallory.account_id, version, [one.id])
    with pytest.raises(NotFound):
        classify(ada.account_id, version, [one.id + 1])


def test_the_starter_class_is_installed_once(db: None):
    (made,) = install_starter_classes(actor=local_operator())
    assert (made.label, made.created_by_person_id) == ("combative-call-to-action@1", None)
    assert set(made.texts) == {"en", "fr", "it", "es", "de"}
    assert install_starter_classes(actor=local_operator()) == ()
    with pytest.raises(Forbidden):
        install_starter_classes(actor=make_account().owner)


SAID = {
    "en": "They come for us. We must fight, and we will never surrender.",
    "fr": "Rejoignez le combat : nous sommes en guerre !",
    "it": "Siamo in guerra. Unisciti alla lotta!",
    "es": "Estamos en guerra: únete a la lucha.",
    "de": "Schließt euch dem Kampf an: Das ist Krieg!",
}
CALM = {
    "en": "We fight for better schools with your help, and thank you on 4 March on the square.",
    "fr": "Aidez-nous à protéger le lac. Merci de votre confiance !",
    "it": "Aiutaci a proteggere il lago. Grazie della tua fiducia!",
    "es": "Ayúdanos a proteger el lago. ¡Gracias por tu confianza!",
    "de": "Helft uns, den See zu schützen. Danke für euer Vertrauen!",
}


@pytest.mark.parametrize("language", SAID)
def test_the_starter_class_takes_combat_with_an_ask_only(ada: Tenant, mail: Mail, language: str):
    (made,) = install_starter_classes(actor=local_operator())
    ask = '<p><a href="https://give.example/" data-donation>+</a></p>'
    combative, calm = SAID[language], CALM[language]
    mails = [mail(f"<p>{text}</p>{extra}", language="en") for text, extra in
             ((combative, ask), (combative, ""), (calm, ask))]  # fmt: skip
    assert [classify(ada.account_id, each, [made.id])[made.id].matched for each in mails] == [True, False, False]


def test_a_trial_is_for_who_may_read_both(ada: Tenant, mail: Mail):
    version, one = mail(GIVE), make_class({"phrases": ["like hell"]}, "fights")
    trial = try_class(make_person(None, "Mara", "reviewer"), "fights", ada.account_id, version)
    assert (trial.content_class, trial.matched, trial.because) == (one.label, True, ("phrase:like hell",))
    with pytest.raises(Forbidden):
        try_class(ada.owner, "fights", ada.account_id, version)
