"""Identities taken apart, put together and taken back: one asks, another allows, every id and event in order."""

import itertools

import pytest

from registry.errors import ReviewError
from registry.identities import identities
from registry.judgements import changes, events, replay
from registry.models import Candidate, Identity, IdentityChange, IdentityMember, Judgement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _replay():
    yield
    assert replay.states() == replay.stored()


def child(stock, rows):
    """An identity of so many rows, each judged with the next."""
    records = [stock.record() for _ in range(rows)]
    for left, right in itertools.pairwise(records):
        stock.judge(stock.candidate(left, right), "same", "same")
    return Identity.objects.get(members__row=records[0]), [record.pk for record in records]


def done(stock, kind, identity, reason, **more):
    change = changes.ask(stock.user("lead"), kind, identity.pk, reason, **more)
    return changes.decide(stock.user("adjudicator"), change.pk, allowed=True)


def members(identity):
    return set(IdentityMember.objects.filter(identity=identity).values_list("row_id", flat=True))


def told():
    return [(event.kind, event.identity_id) for event in events.after(0)]


def test_the_larger_part_keeps_the_id_and_every_id_is_named(stock):
    identity, rows = child(stock, 5)
    done(stock, "split", identity, "two_children", parts=[rows[:2], rows[2:]])
    new = Identity.objects.exclude(pk=identity.pk).get()
    assert members(identity) == set(rows[2:]) and members(new) == set(rows[:2])
    split = events.after(0)[-2]
    assert split.kind == "split" and split.identity_id == identity.pk and split.data["into"] == [str(new.pk)]
    assert split.data["left"] == rows[:2] and split.data["reason"] == "two_children"
    made = events.after(0)[-1]
    assert (made.kind, made.identity_id, made.data["split_from"]) == ("verified", new.pk, str(identity.pk))
    crossing = Candidate.objects.get(left_id=rows[1], right_id=rows[2])
    assert crossing.status == "unresolved"
    assert Judgement.objects.filter(says="different").count() == 6


def test_a_split_off_row_never_comes_back_without_people(stock):
    identity, rows = child(stock, 3)
    done(stock, "split", identity, "siblings", parts=[rows[:2], rows[2:]])
    assert members(identity) == set(rows[:2]) and Identity.objects.count() == 1
    first, last = Candidate.objects.get(left_id=rows[0]).left, Candidate.objects.get(right_id=rows[2]).right
    assert stock.judge(stock.candidate(first, last), "same", "same").outcome == "contested"
    assert members(identity) == set(rows[:2])


def test_rows_apart_in_the_middle_hold_together_by_the_two_who_split(stock):
    identity, rows = child(stock, 3)
    done(stock, "split", identity, "slip", parts=[[rows[0], rows[2]], [rows[1]]])
    assert members(identity) == {rows[0], rows[2]}
    assert Judgement.objects.filter(says="same", change__isnull=False).count() == 1


def test_two_rows_taken_apart_are_no_identity_any_more(stock):
    identity, rows = child(stock, 2)
    done(stock, "split", identity, "two_children", parts=[rows[:1], rows[1:]])
    identity.refresh_from_db()
    assert identity.status == "retracted" and told()[-1] == ("retracted", identity.pk)


def test_retracted_frees_the_rows_and_the_id_stays_known(stock):
    identity, rows = child(stock, 2)
    done(stock, "retract", identity, "slip")
    view = identities.get(identity.pk)
    assert (view.id, view.status, view.records) == (identity.pk, "retracted", ())
    assert identities.page() == []
    assert events.after(0)[-1].data["reason"] == "slip"
    other = stock.record()
    made = stock.judge(stock.candidate(Candidate.objects.get().left, other), "same", "same").identity_id
    assert made != identity.pk and members(made) == {rows[0], other.pk}


def test_a_merge_keeps_the_elder_and_an_alias(stock):
    (elder, first), (younger, second) = child(stock, 2), child(stock, 3)
    done(stock, "merge", younger, "one_child", other=elder.pk)
    assert members(elder) == {*first, *second}
    assert identities.resolve(younger.pk) == elder.pk
    assert told()[-2:] == [("merged", younger.pk), ("updated", elder.pk)]
    done(stock, "retract", elder, "slip")
    assert identities.get(younger.pk).status == "retracted"


def test_a_merge_across_two_people_who_said_different_is_refused(stock):
    (one, first), (other, second) = child(stock, 2), child(stock, 2)
    records = [IdentityMember.objects.get(row_id=rows[0]).row for rows in (first, second)]
    stock.judge(stock.candidate(*records), "different", "different")
    with pytest.raises(ReviewError) as caught:
        changes.ask(stock.user("lead"), "merge", one.pk, "one_child", other=other.pk)
    assert caught.value.code == "contradicts"


def test_one_person_alone_changes_nothing(stock):
    identity, _ = child(stock, 2)
    lead = stock.user("lead")
    change = changes.ask(lead, "retract", identity.pk, "slip", note="pressed the wrong key")
    for person, code in ((lead, "own_request"), (stock.user("verifier"), "role"), (stock.user("data"), "role")):
        with pytest.raises(ReviewError) as caught:
            changes.decide(person, change.pk, allowed=True)
        assert caught.value.code == code
    with pytest.raises(ReviewError) as caught:
        changes.ask(stock.user("lead"), "retract", identity.pk, "slip")
    assert caught.value.code == "waits"
    before = told()
    changes.decide(stock.user("lead"), change.pk, allowed=False)
    with pytest.raises(ReviewError) as caught:
        changes.decide(stock.user("lead"), change.pk, allowed=True)
    assert caught.value.code == "decided" and told() == before and changes.waiting() == []


@pytest.mark.parametrize("parts", [[], [[0, 1, 2]], [[0], [1]], [[0, 1], [1, 2]], [[0, 1, 2], []], [[0, 1], [2, 9]]])
def test_parts_hold_each_row_once(stock, parts):
    identity, rows = child(stock, 3)
    named = [[rows[n] if n < 3 else 10_000 for n in part] for part in parts]
    with pytest.raises(ReviewError) as caught:
        changes.ask(stock.user("lead"), "split", identity.pk, "slip", parts=named)
    assert caught.value.code == "parts"


def test_a_verifier_asks_about_what_they_judged_only(stock):
    left, right, own = stock.record(), stock.record(), stock.user("verifier")
    identity = stock.judge(stock.candidate(left, right), "same", "same", by=[own, stock.user()]).identity_id
    stranger = stock.user("verifier")
    assert changes.may_open(own, identity) and not changes.may_open(stranger, identity)
    with pytest.raises(ReviewError) as caught:
        changes.ask(stranger, "retract", identity, "slip")
    assert caught.value.code == "role"
    assert changes.ask(own, "retract", identity, "slip").pk


def test_what_changed_since_it_was_asked_is_asked_anew(stock):
    identity, rows = child(stock, 3)
    change = changes.ask(stock.user("lead"), "split", identity.pk, "slip", parts=[rows[:2], rows[2:]])
    last = IdentityMember.objects.get(row_id=rows[2]).row
    stock.judge(stock.candidate(last), "same", "same")
    with pytest.raises(ReviewError) as caught:
        changes.decide(stock.user("lead"), change.pk, allowed=True)
    assert caught.value.code == "parts"
    assert IdentityChange.objects.get().allowed is None
