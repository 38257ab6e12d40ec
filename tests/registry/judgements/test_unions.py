"""What follows from decided pairs: identities, blocks, contradictions, and a minute to take a verdict back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from configs.settings import settings
from registry.errors import ReviewError
from registry.identities import identities
from registry.judgements import changes, events, replay, settling, unions
from registry.models import (
    Candidate,
    Contradiction,
    Identity,
    IdentityEvent,
    IdentityMember,
    Judgement,
    PendingUnion,
    Review,
    Source,
)
from review.verdicts import decisions

pytestmark = pytest.mark.django_db(transaction=True)


def judged(stock, left, right, *verdicts):
    """The pair after its verdicts."""
    candidate = stock.candidate(left, right)
    stock.judge(candidate, *(verdicts or ("same", "same")))
    candidate.refresh_from_db()
    return candidate


def held(record):
    """The rows that stand with a record."""
    return set(IdentityMember.objects.filter(identity__members__row=record).values_list("row_id", flat=True))


@pytest.fixture(autouse=True)
def _replay():
    yield
    assert replay.states() == replay.stored()


def test_two_people_who_said_different_block_every_later_union_also_through_a_third(stock):
    a, b, c = (stock.record() for _ in range(3))
    judged(stock, a, c, "different", "different")
    judged(stock, a, b)
    stopped = judged(stock, b, c)
    assert stopped.status == "contested" and held(c) == set() and held(a) == {a.pk, b.pk}
    found = Contradiction.objects.get()
    assert found.rows == [a.pk, b.pk, c.pk] and found.against == [[a.pk, c.pk, "verdicts"]] and not found.inside
    assert [event.kind for event in events.after(0)] == ["verified"]


def test_different_after_the_identity_stands_goes_to_a_third_person_too(stock):
    a, b, c = (stock.record() for _ in range(3))
    judged(stock, a, b)
    judged(stock, b, c)
    apart = judged(stock, a, c, "different", "different")
    assert apart.status == "contested" and Contradiction.objects.get().inside
    assert held(a) == {a.pk, b.pk, c.pk}
    more = judged(stock, c, stock.record())
    assert more.status == "contested"  # nothing grows meanwhile
    third = stock.user("adjudicator")
    settling.settle(third, Contradiction.objects.earliest("pk").pk, "apart", "siblings", parts=[[a.pk, b.pk], [c.pk]])
    apart.refresh_from_db()
    assert (apart.status, held(a), held(c)) == ("rejected", {a.pk, b.pk}, set())
    assert Judgement.objects.filter(says="different").count() == 1
    assert [event.kind for event in events.after(0)] == ["verified", "updated", "split"]
    settling.settle(stock.user("lead"), Contradiction.objects.latest("pk").pk, "one_child", "new_evidence")
    assert held(c) == {c.pk, more.right_id}


def test_a_third_person_may_hold_them_for_one_child_after_all(stock):
    a, b, c = (stock.record() for _ in range(3))
    apart = judged(stock, a, c, "different", "different")
    judged(stock, a, b)
    judged(stock, b, c)
    settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "one_child", "verdict_wrong", note="a scar")
    assert held(a) == {a.pk, b.pk, c.pk}
    apart.refresh_from_db()
    assert apart.status == "rejected" and Review.objects.filter(candidate=apart).count() == 2


def test_apart_leaves_what_stood(stock):
    a, b, c = (stock.record() for _ in range(3))
    judged(stock, a, c, "different", "different")
    judged(stock, a, b)
    stopped = judged(stock, b, c)
    settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "apart", "siblings")
    stopped.refresh_from_db()
    assert (stopped.status, held(a), held(c)) == ("unresolved", {a.pk, b.pk}, set())
    with pytest.raises(ReviewError, match="settled"):
        settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "apart", "siblings")


def test_only_a_third_person_settles(stock):
    a, b, c = (stock.record() for _ in range(3))
    before = [stock.user("lead"), stock.user("lead")]
    apart = stock.candidate(a, c)
    stock.judge(apart, "different", "different", by=before)
    judged(stock, a, b)
    last = [stock.user("lead"), stock.user("lead")]
    stock.judge(stock.candidate(b, c), "same", "same", by=last)
    number = Contradiction.objects.get().pk
    for person in (*before, *last):
        assert settling.waiting(person) == []
        with pytest.raises(ReviewError) as caught:
            settling.settle(person, number, "one_child", "other")
        assert caught.value.code == "already_reviewed"
    with pytest.raises(ReviewError) as caught:
        settling.settle(stock.user("verifier"), number, "one_child", "other")
    assert caught.value.code == "role"


@pytest.mark.parametrize("together", ["one delivery", "one day", "other days"])
def test_two_rows_of_a_list_that_holds_each_child_once(stock, together):
    first = stock.batch("bank")
    other = first if together == "one delivery" else stock.batch("bank")
    Source.objects.filter(slug="bank").update(one_row_per_child=True)
    day = timezone.localdate()
    type(first).objects.filter(pk=first.pk).update(as_of=day)
    if other != first:
        type(first).objects.filter(pk=other.pk).update(as_of=day - timedelta(days=together == "other days"))
    report, blue, grey = stock.record(), stock.record(batch=first), stock.record(batch=other)
    judged(stock, report, blue)
    second = judged(stock, report, grey)
    if together == "other days":
        assert second.status == "verified" and held(grey) == {report.pk, blue.pk, grey.pk}
        return
    assert second.status == "contested" and held(grey) == set()
    assert Contradiction.objects.get().against == [[blue.pk, grey.pk, "one_list"]]
    settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "one_child", "list_wrong")
    assert held(grey) == {report.pk, blue.pk, grey.pk}


def test_other_lists_may_hold_a_child_twice(stock):
    batch, report = stock.batch("register"), stock.record()
    rows = [stock.record(batch=batch) for _ in range(2)]
    for row in rows:
        judged(stock, report, row)
    assert held(report) == {report.pk, *(row.pk for row in rows)}


@pytest.fixture
def minute(monkeypatch):
    """The default: a minute between the last verdict and what comes of it."""
    monkeypatch.setattr(settings(), "undo_seconds", 60)


def later():
    PendingUnion.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_slip_is_taken_back_before_anybody_hears_of_it(stock, minute):
    candidate, people = stock.candidate(), [stock.user(), stock.user()]
    made = stock.judge(candidate, "same", "same", by=people)
    assert (made.outcome, made.identity_id) == ("verified", None)
    assert unions.settle_due() == 0 and not Identity.objects.exists()
    assert decisions.undoable(people[0], Review.objects.get(ordinal=1).pk) == "judged_since"
    assert decisions.undoable(people[1], made.review_id) == ""
    decisions.withdraw(people[1], made.review_id)
    candidate.refresh_from_db()
    assert candidate.status == "second"
    later()
    assert unions.settle_due() == 0
    assert not IdentityEvent.objects.exists() and not Judgement.objects.exists()


def test_after_the_minute_it_stands(stock, minute):
    candidate, people = stock.candidate(), [stock.user(), stock.user()]
    made = stock.judge(candidate, "same", "same", by=people)
    later()
    assert decisions.undoable(people[1], made.review_id) == "verified"
    assert unions.settle_due() == 1 and unions.settle_due() == 0
    assert [view.id for view in identities.page()] == [Identity.objects.get().pk]


def test_what_is_judged_within_the_minute_is_weighed_when_it_ends(stock, minute):
    a, b, c = (stock.record() for _ in range(3))
    judged(stock, a, b)
    judged(stock, b, c)
    judged(stock, a, c, "different", "different")
    later()
    assert unions.settle_due() == 2
    assert sorted(Candidate.objects.values_list("status", flat=True)) == ["contested", "rejected", "verified"]


def test_a_different_that_is_taken_back_blocks_nothing(stock):
    a, b = stock.record(), stock.record()
    candidate, people = stock.candidate(a, b), [stock.user(), stock.user()]
    made = stock.judge(candidate, "different", "different", by=people)
    decisions.withdraw(people[1], made.review_id)
    assert list(Judgement.objects.order_by("pk").values_list("says", flat=True)) == ["different", "open"]
    c = stock.record()
    judged(stock, a, c)
    assert judged(stock, b, c).status == "verified"


def test_a_contradiction_that_is_taken_back_leaves_the_third_persons_desk(stock):
    a, b, c = (stock.record() for _ in range(3))
    judged(stock, a, c, "different", "different")
    judged(stock, a, b)
    people = [stock.user(), stock.user()]
    candidate = stock.candidate(b, c)
    made = stock.judge(candidate, "same", "same", by=people)
    decisions.withdraw(people[1], made.review_id)
    assert Contradiction.objects.get().settlement == "withdrawn" and settling.waiting(stock.user("lead")) == []
    assert stock.judge(candidate, "same").outcome == "contested"


def statuses(*candidates):
    for candidate in candidates:
        candidate.refresh_from_db()
    return [candidate.status for candidate in candidates]


def test_what_follows_from_others_is_asked_of_nobody(stock):
    a, b, c, d = (stock.record() for _ in range(4))
    third, open_one, across = stock.candidate(a, c), stock.candidate(a, d), stock.candidate(c, d)
    judged(stock, a, b)
    judged(stock, b, c)
    assert statuses(third, open_one, across) == ["implied", "open", "open"]
    judged(stock, b, d, "different", "different")
    assert statuses(third, open_one, across) == ["implied", "implied", "implied"]


def test_what_somebody_said_otherwise_is_asked_all_the_same(stock):
    a, b, c = (stock.record() for _ in range(3))
    doubted, shared = stock.candidate(a, c), stock.candidate(a, b)
    stock.judge(doubted, "different")
    stock.judge(shared, "same", "same")
    judged(stock, b, c)
    assert statuses(doubted) == ["second"]


def test_what_follows_no_more_is_asked_again(stock):
    a, b, c = (stock.record() for _ in range(3))
    fresh, begun = stock.candidate(a, c), stock.candidate(stock.record(), c)
    stock.judge(begun, "same")
    judged(stock, a, b)
    judged(stock, b, c)
    assert statuses(fresh, begun) == ["implied", "second"]
    identity = Identity.objects.get()
    asked = changes.ask(stock.user("lead"), "retract", identity.pk, "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    assert statuses(fresh, begun) == ["open", "second"]
