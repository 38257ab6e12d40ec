"""What people agreed on: two standing verdicts of one kind, no gold, nothing withdrawn."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import audit
from registry.linkage import agreed_verdicts, candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import AuditEntry, Candidate, GoldItem, Review, Run
from review.verdicts import decisions

pytestmark = pytest.mark.django_db

WHY = [
    {"field": "surname", "level": 8, "bits": 7.5, "code": "identical", "sentence": "one spelling"},
    {"field": "mother", "level": -1, "bits": 0.0, "code": "absent", "sentence": "unknown"},
    {"field": "scenario", "level": 0, "bits": -1.0, "code": "scenario", "sentence": "how common"},
]


def test_only_agreement_is_truth(stock):
    run = Run.objects.create(kind="link", manifest={}, started_at=timezone.now(), counts={"model": "a" * 64})
    told = {}
    for name, said in {
        "same": ("same", "same"),
        "different": ("different", "different"),
        "third": ("same", "different", "different"),
        "third same": ("cannot_tell", "same", "same"),
        "waiting": ("same",),
        "disputed": ("same", "different"),
        "unresolved": ("cannot_tell", "cannot_tell"),
        "one of three": ("cannot_tell", "same", "different"),
    }.items():
        told[name] = stock.candidate(explanation=WHY, run=run)
        stock.judge(told[name], *said)
    found = {pair.candidate_id: pair for pair in agreed_verdicts.agreed()}
    expected = {"same": True, "different": False, "third": False, "third same": True}
    assert {number: pair.same for number, pair in found.items()} == {
        told[name].pk: same for name, same in expected.items()
    }
    pair = found[told["same"].pk]
    assert pair.levels == {"surname": 8}
    assert (pair.model, pair.sources) == ("a" * 64, "family_reports → cards")
    assert (pair.left_id, pair.right_id) == (told["same"].left_id, told["same"].right_id)
    assert pair.left_key == told["same"].left.key
    decided = agreed_verdicts.decided()
    assert (pair.left_id, pair.right_id) in decided and (pair.right_id, pair.left_id) in decided
    assert (told["waiting"].left_id, told["waiting"].right_id) not in decided


def test_gold_and_withdrawn_verdicts_are_left_out(stock):
    gold, taken_back, plain = (stock.candidate() for _ in range(3))
    lead = stock.user("lead")
    for candidate in (gold, plain):
        stock.judge(candidate, "same", "same")
    stock.judge(taken_back, "same")
    review = Review.objects.get(candidate=taken_back)
    decisions.withdraw(review.reviewer, review.pk)
    stock.judge(taken_back, "same")
    GoldItem.objects.create(
        candidate=gold, answer="same", planted_by=lead, planted_at=timezone.now(), retired_at=timezone.now()
    )
    assert [pair.candidate_id for pair in agreed_verdicts.agreed()] == [plain.pk]


def test_a_run_stores_what_its_scores_are_worth(stock):
    a, b, c = (stock.record() for _ in range(3))
    run = runs.start("link", {"spec_name": "children"})
    rows = [NewCandidate(a.pk, b.pk, 9.0, 0.9, "plain", WHY, 0.75), NewCandidate(a.pk, c.pk, 1.0, 0.1, "plain", WHY)]
    candidates.store(run, rows)
    runs.finish(run, {"model": "b" * 64})
    assert dict(Candidate.objects.values_list("probability", "calibrated_probability")) == {0.9: 0.75, 0.1: None}
    again = runs.start("link", {"spec_name": "children"})
    counts = candidates.store(again, [NewCandidate(a.pk, b.pk, 9.0, 0.9, "plain", WHY, 0.7), rows[1]])
    assert (counts.updated, counts.unchanged) == (1, 1)


def test_undecided_candidates_of_one_model_are_calibrated(stock):
    run = Run.objects.create(kind="link", manifest={}, started_at=timezone.now(), counts={"model": "a" * 64})
    other = Run.objects.create(kind="link", manifest={}, started_at=timezone.now(), counts={"model": "b" * 64})
    open_one, decided, foreign = stock.candidate(run=run), stock.candidate(run=run), stock.candidate(run=other)
    stock.judge(decided, "different", "different")
    assert agreed_verdicts.scored_by(["a" * 64]) == [(open_one.pk, 0.9, "family_reports → cards")]
    rows = [(open_one.pk, 0.625), (decided.pk, 0.5), (foreign.pk, None)]
    assert agreed_verdicts.store_calibrated("a" * 64, "c" * 64, rows) == 1
    assert agreed_verdicts.store_calibrated("a" * 64, "c" * 64, rows) == 0
    worth = dict(Candidate.objects.values_list("pk", "calibrated_probability"))
    assert worth == {open_one.pk: 0.625, decided.pk: None, foreign.pk: None}
    assert AuditEntry.objects.filter(action="candidates.calibrated").count() == 2
    assert audit.verify().sound


def test_a_probability_is_between_none_and_all(stock):
    candidate = stock.candidate()
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(calibrated_probability=1.5)
