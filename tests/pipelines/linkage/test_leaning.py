"""A verified pair that leaned on a pair which people refuse is opened again, told, and nothing is taken apart."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from pipelines.linkage import leaning
from registry.models import AuditEntry, Identity, Reopening, Review, Support
from review.verdicts import history

pytestmark = pytest.mark.django_db


def leaning_pair(stock, bits, *, first="leaner"):
    """Return a verified pair, and a refused one that spoke for it with so many bits."""
    pair, supporter = stock.candidate(), stock.candidate()
    Support.objects.create(
        candidate=pair, term="own_transfer", bits=bits, by_left=supporter.right, by_right=supporter.left
    )
    for one in (pair, supporter) if first == "leaner" else (supporter, pair):
        stock.judge(one, *(["same"] * 2 if one == pair else ["different"] * 2))
    return pair, supporter


def test_what_leaned_on_a_refused_pair_is_open_again_and_its_identity_stands(stock):
    pair, supporter = leaning_pair(stock, 5.0)
    assert leaning.reopen() == [pair.pk]
    pair.refresh_from_db()
    assert pair.status == "open"
    assert Identity.objects.get().status == "verified"
    entry = AuditEntry.objects.get(action="candidate.reopened")
    assert entry.data == {"reason": "support_refused", "supporter": supporter.pk}
    made = Reopening.objects.get()
    assert Review.objects.filter(candidate=supporter, verdict="different", reviewer=made.by).exists()
    told = history.of_candidate(made.by, supporter.pk)
    assert told.whole
    assert leaning.reopen() == []


@pytest.mark.parametrize(
    ("bits", "first"),
    [(2.9, "leaner"), (9.0, "supporter")],
    ids=["hardly leaned on it", "was judged by people who could see that it was refused"],
)
def test_other_pairs_stay_as_people_decided(stock, bits, first):
    pair, _ = leaning_pair(stock, bits, first=first)
    assert leaning.reopen() == []
    pair.refresh_from_db()
    assert pair.status == "verified"


def test_a_verdict_taken_back_leaves_the_pair_closed(stock):
    pair, supporter = stock.candidate(), stock.candidate()
    Support.objects.create(
        candidate=pair, term="kin_listed", bits=8.0, by_left=supporter.left, by_right=supporter.right
    )
    stock.judge(pair, "same", "same")
    stock.judge(supporter, "different")
    assert leaning.reopen() == []


def test_nobody_opens_a_pair_for_a_reason_that_is_not_there(stock):
    pair, supporter = leaning_pair(stock, 5.0)
    refuser = Review.objects.filter(candidate=supporter).latest("pk").reviewer
    last = Review.objects.filter(candidate=pair).latest("pk").pk
    facts = {"candidate": pair, "after_review": last, "reason": "support_refused", "at": timezone.now()}
    with pytest.raises(IntegrityError, match="was refused by this person"), transaction.atomic():
        Reopening.objects.create(by=stock.user("lead"), **facts)
    Support.objects.all().delete()
    with pytest.raises(IntegrityError, match="was refused by this person"), transaction.atomic():
        Reopening.objects.create(by=refuser, **facts)
