"""What applies is what a naive reading of the rules says, for any measures, overlaps, stays, clocks and zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from fairpost.enforcement.force.effective import effective
from fairpost.enforcement.force.force import Force, Stay
from fairpost.enforcement.force.snapshot import Snapshot
from fairpost.enforcement.scope.selector import Scope, Selector
from fairpost.enforcement.scope.subject import subject, subject_from_json

BASE = datetime(2027, 3, 28, tzinfo=UTC)  # the night on which clocks in Rome go forward
ZONES = [UTC, ZoneInfo("Europe/Rome"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")]
VALUES = {
    "account": ["1", "2"],
    "unit": ["1", "2"],
    "identity": ["1", "2", "3"],
    "domain": ["party.example", "news.party.example", "example"],
    "link_domain": ["give.example", "shop.example"],
    "joint_sender": ["1"],
    "organisation": ["1", "2"],
    "campaign": ["1", "2"],
    "content_class": ["a@1", "b@1"],
    "capability": ["sending", "fundraising"],
    "list": ["7"],
    "territory": ["FR"],
}
RECIPIENTS = {"list", "segment", "territory"}
OWN_SENSE = {"domain", "link_domain"}

instants = st.builds(
    lambda minutes, zone: (BASE + timedelta(minutes=minutes)).astimezone(zone),
    st.integers(-3000, 3000),
    st.sampled_from(ZONES),
)


@st.composite
def scopes(draw, kinds=tuple(VALUES)):
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique=True))
    return Scope(
        tuple(
            Selector(kind, frozenset(draw(st.lists(st.sampled_from(VALUES[kind]), min_size=1, max_size=2))))
            for kind in chosen
        )
    )


@st.composite
def forces(draw):
    number = draw(st.integers(1, 10_000))
    start = draw(instants)
    stays = [
        Stay(draw(instants), draw(st.none() | instants), draw(st.none() | scopes(("account", "unit", "identity"))))
        for _ in range(draw(st.integers(0, 2)))
    ]
    effect = draw(
        st.sampled_from(
            [
                {"denies": frozenset({"sending"})},
                {"denies": frozenset({"fundraising"})},
                {"denies": frozenset({"*"})},
                {"denies": frozenset({"import"})},
                {"review": True},
                {"review": True, "spares_cleared": True},
                {"per_hour": 100},
                {"audience": 10},
            ]
        )
    )
    excluded = draw(scopes(("unit", "identity"))).selectors if draw(st.booleans()) else ()
    return Force(
        id=number, source=draw(st.sampled_from(["measure", "pause", "period"])), source_id=number, decision_id=number,
        kind="any", scope=Scope(draw(scopes()).selectors, excluded), starts_at=start,
        ends_at=draw(st.none() | instants), stays=tuple(stays), **effect,
    )  # fmt: skip


@st.composite
def subjects(draw):
    facets = {
        kind: draw(st.sampled_from(VALUES[kind]))
        for kind in VALUES
        if kind not in RECIPIENTS | {"capability", "content_class"} and draw(st.booleans())
    }
    matched = draw(st.lists(st.sampled_from(VALUES["content_class"]), unique=True))
    known = draw(st.none() | st.lists(st.sampled_from(VALUES["content_class"]), unique=True))
    needs = draw(st.sampled_from([["sending"], ["sending", "fundraising"], ["import"], []]))
    return subject(needs, known, draw(st.none() | instants), content_class=matched, **facets)


# The naive model: one measure after the other, every rule spelt out, nothing shared with the code but its data.


def holds(selector, mail):
    has = mail.facets.get(selector.kind, frozenset())
    if has & selector.values:
        return True
    if selector.kind == "content_class" and mail.known_classes is not None:
        return any(value not in mail.known_classes for value in selector.values)
    return False


def applies(force, mail, now):
    moment = now.timestamp()
    if moment < force.starts_at.timestamp():
        return False
    if force.ends_at is not None and moment >= force.ends_at.timestamp():
        return False
    for stay in force.stays:
        begun = stay.since.timestamp() <= moment
        over = stay.until is not None and stay.until.timestamp() <= moment
        inside = stay.within is None or all(mail.facets.get(s.kind, set()) & s.values for s in stay.within.selectors)
        if begun and not over and inside:
            return False
    if not all(holds(each, mail) for each in force.scope.selectors if each.kind not in RECIPIENTS):
        return False
    return not any(mail.facets.get(each.kind, set()) & each.values for each in force.scope.excluded)


def model(mail, now, everything):
    """{what happens: ids of the forces that make it happen}."""
    found = {"denied": set(), "review": set(), "recipients": set(), "limits": set()}
    for force in everything:
        if not applies(force, mail, now):
            continue
        cleared = mail.cleared_at is not None and (force.spares_cleared or mail.cleared_at >= force.starts_at)
        denies = bool(force.denies) and ("*" in force.denies or bool(force.denies & mail.needs))
        reviews = force.review and "sending" in mail.needs and not cleared
        limits = force.per_hour is not None or force.audience is not None
        if not (denies or reviews or limits):
            continue
        chosen = any(each.kind in RECIPIENTS for each in force.scope.selectors)
        name = "recipients" if chosen else "denied" if denies else "review" if reviews else "limits"
        found[name].add(force.id)
    return found


def as_sets(answer):
    names = ("denied", "review", "recipients", "limits")
    return {name: {each.id for each in getattr(answer, name)} for name in names}


distinct = st.lists(forces(), max_size=12, unique_by=lambda each: each.id)


@settings(max_examples=200, deadline=None)
@given(distinct, subjects(), instants)
def test_the_answer_is_the_models(everything, mail, now):
    assert as_sets(effective(mail, now, everything)) == model(mail, now, everything)


@settings(max_examples=200, deadline=None)
@given(distinct, subjects(), instants)
def test_the_snapshot_looks_at_everything_that_matters(everything, mail, now):
    snapshot = Snapshot()
    snapshot.apply(1, everything, ())
    assert as_sets(snapshot.effective(mail, now)) == model(mail, now, everything)


@settings(max_examples=100, deadline=None)
@given(distinct, distinct, subjects(), instants)
def test_what_changed_step_by_step_is_what_a_fresh_look_sees(before, after, mail, now):
    snapshot = Snapshot()
    snapshot.apply(1, before, ())
    replaced = {each.id: each for each in before} | {each.id: each for each in after}
    gone = [each.id for each in before if each.id % 2]
    snapshot.apply(2, after, ())
    snapshot.apply(3, (), gone)
    left = [each for each in replaced.values() if each.id not in gone]
    assert as_sets(snapshot.effective(mail, now)) == model(mail, now, left)
    snapshot.apply(4, (), list(snapshot.forces))
    assert snapshot.index == {} and snapshot.classes == {}, "nothing is left behind"


@settings(max_examples=100, deadline=None)
@given(distinct, forces(), subjects(), instants)
def test_no_measure_masks_or_lifts_another(everything, one_more, mail, now):
    without = [each for each in everything if each.id != one_more.id]
    before, after = effective(mail, now, without), effective(mail, now, [*without, one_more])
    assert {each.id for each in before.reasons} <= {each.id for each in after.reasons}
    assert before.open or not after.open, "nothing that comes on top opens what was closed"


@settings(max_examples=150, deadline=None)
@given(distinct, subjects(), instants, st.integers(0, 6000))
def test_an_answer_holds_until_the_instant_it_names(everything, mail, now, later):
    answer = effective(mail, now, everything)
    then = now + timedelta(minutes=later)
    if answer.until is None or then < answer.until:
        assert as_sets(effective(mail, then, everything)) == as_sets(answer)


@settings(max_examples=200, deadline=None)
@given(distinct, subjects(), instants, st.sampled_from(ZONES))
def test_the_zone_in_which_somebody_asks_changes_nothing(everything, mail, now, zone):
    assert effective(mail, now.astimezone(zone), everything) == effective(mail, now, everything)


@settings(max_examples=200, deadline=None)
@given(subjects())
def test_a_subject_survives_storage(mail):
    again = subject_from_json(mail.to_json())
    assert (again.facets, again.needs, again.known_classes) == (mail.facets, mail.needs, mail.known_classes)
    assert again.cleared_at == mail.cleared_at


def test_an_end_at_the_doubled_hour_of_autumn_is_one_instant():
    """02:30 comes twice in Rome on 31 October 2027; the first and the second differ by an hour."""
    rome = ZoneInfo("Europe/Rome")
    first = datetime(2027, 10, 31, 2, 30, tzinfo=rome, fold=0)
    second = first.replace(fold=1)
    force = Force(
        1, "measure", 1, 1, "suspend_sending", Scope((Selector("account", frozenset({"1"})),)),
        first - timedelta(days=1), second.astimezone(UTC), denies=frozenset({"sending"}),
    )  # fmt: skip
    mail = subject(["sending"], None, account=1)
    between = first.astimezone(UTC) + timedelta(minutes=30)
    assert effective(mail, between, [force]).denied
    assert not effective(mail, second.astimezone(UTC), [force]).denied
