import dataclasses
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate
from review.pair import pair_view
from review.queue import assignment

pytestmark = pytest.mark.django_db


def hold(candidate, user):
    Candidate.objects.filter(pk=candidate.pk).update(
        reserved_by=user, reserved_until=timezone.now() + timedelta(minutes=5)
    )


@pytest.fixture
def candidate(stock):
    left = stock.record(
        {"full_name": "Вигаданенко Зоряна", "siblings": ["Остап", "Марко"], "note": ""},
        values={"surname": "Вигаданенко", "full_name": "вигаданенко зоряна"},
        romanised={"full_name": "Vyhadanenko Zoriana"},
    )
    return stock.candidate(left, stock.record({"full_name": "Выгаданенко Заряна"}, batch=stock.batch("cards")))


def test_first_review_shows_scores_and_logs_the_look(candidate, stock):
    person = stock.user()
    assert assignment.take_next(person).pk == candidate.pk
    view = pair_view.pair(person, candidate.pk)
    assert (view.stage, view.blind, view.weight, view.probability, view.scenario) == ("first", False, 9.0, 0.9, "plain")
    assert view.explanation[0].bits == 7.5
    assert view.left.record_id == candidate.left_id and view.independent
    name, siblings = view.left.fields
    assert (name.field, name.written, name.romanised) == ("full_name", ("Вигаданенко Зоряна",), "Vyhadanenko Zoriana")
    assert name.normalised == "вигаданенко зоряна"
    assert name.locator.cell == candidate.left.locator["cells"]["full_name"]
    assert siblings.written == ("Остап", "Марко")
    assert len(view.left.evidence_sha256) == 64
    entry = AuditEntry.objects.get(action="candidate.seen")
    assert (entry.actor, entry.object_id) == (f"user:{person.pk}", str(candidate.pk))
    assert "Зоряна" not in str(entry.data)


def test_second_review_is_blind_and_its_order_is_stable(candidate, stock):
    stock.judge(candidate, "same")
    orders = set()
    for _ in range(24):
        person = stock.user()
        hold(candidate, person)
        view = pair_view.pair(person, candidate.pk)
        assert (view.weight, view.probability, view.scenario, view.earlier) == (None, None, None, ())
        assert [row.bits for row in view.explanation] == [None]
        assert view.explanation[0].sentence == "one spelling"
        told = str(dataclasses.asdict(view))
        assert "0.9" not in told and "7.5" not in told and "verdict" not in told
        order = (view.left.record_id, view.right.record_id)
        again = pair_view.pair(person, candidate.pk)
        assert (again.left.record_id, again.right.record_id) == order
        orders.add(order)
    assert orders == {(candidate.left_id, candidate.right_id), (candidate.right_id, candidate.left_id)}


def test_third_review_sees_both_reasons_but_no_people(candidate, stock):
    stock.judge(candidate, "same", "cannot_tell")
    lead = stock.user("lead")
    assert assignment.take_next(lead).pk == candidate.pk
    view = pair_view.pair(lead, candidate.pk)
    assert view.stage == "third" and view.probability == 0.9
    assert [(earlier.verdict, earlier.reason) for earlier in view.earlier] == [
        ("same", "name_and_birth"),
        ("cannot_tell", "too_little"),
    ]


def test_only_the_holder_with_a_living_lease_sees_the_pair(candidate, stock):
    holder, other = stock.user(), stock.user()
    for person in (holder, other):
        with pytest.raises(ReviewError):
            pair_view.pair(person, candidate.pk)
    hold(candidate, holder)
    with pytest.raises(ReviewError):
        pair_view.pair(other, candidate.pk)
    pair_view.pair(holder, candidate.pk)
    Candidate.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ReviewError):
        pair_view.pair(holder, candidate.pk)
    auditor = stock.user("auditor")
    hold(candidate, auditor)
    with pytest.raises(ReviewError):
        pair_view.pair(auditor, candidate.pk)
    assert AuditEntry.objects.filter(action="candidate.seen").count() == 1


def test_a_verifier_does_not_see_a_disputed_pair(candidate, stock):
    stock.judge(candidate, "same", "different")
    verifier = stock.user()
    hold(candidate, verifier)
    with pytest.raises(ReviewError) as refused:
        pair_view.pair(verifier, candidate.pk)
    assert refused.value.code == "adjudicators_only"
