"""Rows that list one child twice go together and find nobody; what finds the child takes them all."""

import pytest
from django.db import IntegrityError, connection, transaction

from registry.errors import ReviewError
from registry.identities import identities
from registry.judgements import changes, events, replay, settling, unions
from registry.linkage import agreed_verdicts, candidates
from registry.models import Contradiction, Identity, IdentityMember, Judgement, Review, Source
from review.verdicts import agreement, decisions, reopening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _replay():
    yield
    assert replay.states() == replay.stored()


@pytest.fixture
def rows(stock):
    """A report, and rows of one list."""
    batch = stock.batch("register", side="found")
    return [stock.record(), *(stock.record(batch=batch) for _ in range(3))]


def twice(stock, left, right, *verdicts):
    candidate = stock.candidate(left, right, listed_twice=True)
    stock.judge(candidate, *(verdicts or ("twice", "twice")))
    candidate.refresh_from_db()
    return candidate


def judged(stock, left, right, *verdicts):
    candidate = stock.candidate(left, right)
    stock.judge(candidate, *(verdicts or ("same", "same")))
    candidate.refresh_from_db()
    return candidate


def held(record):
    return set(IdentityMember.objects.filter(identity__members__row=record).values_list("row_id", flat=True))


def kinds():
    return [event.kind for event in events.after(0)]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["twice"], "second"),
        (["twice", "twice"], "twice"),
        (["different", "different"], "rejected"),
        (["twice", "different"], "disputed"),
        (["twice", "cannot_tell", "twice"], "twice"),
        (["twice", "different", "different"], "rejected"),
        (["twice", "different", "cannot_tell"], "unresolved"),
    ],
)
def test_what_verdicts_lead_to(stock, rows, verdicts, expected):
    assert twice(stock, rows[1], rows[2], *verdicts).status == decisions.outcome(verdicts) == expected
    assert not Identity.objects.exists() and kinds() == [], "nobody is found by it, and nobody is told"


def test_each_queue_has_its_own_verdict(stock, rows):
    for candidate, verdict in (
        (stock.candidate(rows[1], rows[2], listed_twice=True), "same"),
        (stock.candidate(rows[0], rows[1]), "twice"),
    ):
        with pytest.raises(ReviewError) as caught:
            stock.judge(candidate, verdict)
        assert caught.value.code == "unknown_verdict"
        with pytest.raises(IntegrityError, match="not asked"), transaction.atomic():
            person = stock.user()
            Review.objects.create(
                candidate=candidate, reviewer=person, ordinal=1, verdict=verdict, reason="other",
                decided_at=candidate.run.started_at, shown={},
            )  # fmt: skip


def test_who_is_found_by_one_row_is_found_with_all_of_them(stock, rows):
    report, first, second, third = rows
    twice(stock, first, second)
    twice(stock, second, third)
    assert not Identity.objects.exists()
    judged(stock, report, first)
    assert held(report) == {row.pk for row in rows}
    assert kinds() == ["verified"], "one child was found, once"
    assert events.after(0)[0].data["records"] == sorted(row.pk for row in rows)


def test_a_row_that_lists_a_found_child_once_more_comes_in_and_finds_nobody(stock, rows):
    report, first, second, third = rows
    judged(stock, report, first)
    twice(stock, second, third)
    assert kinds() == ["verified"]
    twice(stock, first, second)
    assert held(report) == {row.pk for row in rows}
    assert kinds() == ["verified", "updated"]


def test_two_found_children_that_are_one_child_listed_twice_become_one(stock, rows):
    report, first, second, _ = rows
    other = stock.record()
    judged(stock, report, first)
    judged(stock, other, second)
    twice(stock, first, second)
    assert held(report) == {report.pk, other.pk, first.pk, second.pk}
    assert kinds() == ["verified", "verified", "merged", "updated"]


def test_another_person_in_the_list_blocks_the_union_through_a_report(stock, rows):
    report, first, second, _ = rows
    assert twice(stock, first, second, "different", "different").status == "rejected"
    judged(stock, report, first)
    assert judged(stock, report, second).status == "contested"


def test_rows_that_go_together_bring_their_contradictions_along(stock, rows):
    report, first, second, _ = rows
    judged(stock, report, second, "different", "different")
    twice(stock, first, second)
    assert judged(stock, report, first).status == "contested"
    assert Contradiction.objects.get().against == [[report.pk, second.pk, "verdicts"]]


def test_a_list_that_holds_each_child_once_takes_a_third_person(stock, rows):
    report, first, second, _ = rows
    Source.objects.filter(slug="register").update(one_row_per_child=True)
    stopped = twice(stock, first, second)
    assert stopped.status == "contested"
    assert Contradiction.objects.get().against == [[first.pk, second.pk, "one_list"]]
    settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "one_child", "list_wrong")
    stopped.refresh_from_db()
    assert stopped.status == "twice" and not Identity.objects.exists()
    assert judged(stock, report, first).status == "verified", "what three people said of the list is not asked again"
    assert held(report) == {report.pk, first.pk, second.pk}


def test_or_the_third_person_leaves_them_apart(stock, rows):
    _, first, second, _ = rows
    Source.objects.filter(slug="register").update(one_row_per_child=True)
    stopped = twice(stock, first, second)
    settling.settle(stock.user("lead"), Contradiction.objects.get().pk, "apart", "siblings")
    stopped.refresh_from_db()
    assert stopped.status == "unresolved" and not Judgement.objects.exists()


def test_what_finds_nobody_alone_is_no_identity_after_a_split_either(stock, rows):
    report, first, second, _ = rows
    judged(stock, report, first)
    pair = twice(stock, first, second)
    identity = Identity.objects.get()
    asked = changes.ask(
        stock.user("lead"), "split", identity.pk, "two_children", parts=[[report.pk], [first.pk, second.pk]]
    )
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    identity.refresh_from_db()
    assert identity.status == "retracted" and not IdentityMember.objects.exists()
    pair.refresh_from_db()
    assert pair.status == "twice", "the two rows are one child still"
    judged(stock, stock.record(), second)
    assert held(first) >= {first.pk, second.pk}


def test_a_retracted_identity_leaves_rows_listed_twice_together(stock, rows):
    report, first, second, _ = rows
    twice(stock, first, second)
    found = judged(stock, report, first)
    asked = changes.ask(stock.user("lead"), "retract", Identity.objects.get().pk, "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    found.refresh_from_db()
    assert found.status == "unresolved" and not IdentityMember.objects.exists()
    assert Judgement.objects.filter(says="twice").count() == 1


def test_a_pair_of_rows_of_one_identity_is_asked_of_nobody(stock, rows):
    report, first, second, _ = rows
    pair = stock.candidate(first, second, listed_twice=True)
    judged(stock, report, first)
    judged(stock, report, second)
    pair.refresh_from_db()
    assert pair.status == "implied"


def test_opened_again_it_may_turn_out_to_be_two(stock, rows):
    _, first, second, _ = rows
    pair = twice(stock, first, second)
    reopening.reopen(stock.user("lead"), pair.pk, "new_evidence")
    stock.judge(pair, "different", "different")
    pair.refresh_from_db()
    assert pair.status == "contested"
    settling.settle(stock.user("adjudicator"), Contradiction.objects.get().pk, "apart", "siblings")
    pair.refresh_from_db()
    assert pair.status == "rejected"
    assert Judgement.objects.order_by("pk").values_list("says", flat=True).last() == "different"


def test_a_minute_to_take_it_back(stock, rows, monkeypatch):
    from configs.settings import settings

    monkeypatch.setattr(settings(), "undo_seconds", 60)
    _, first, second, _ = rows
    candidate, people = stock.candidate(first, second, listed_twice=True), [stock.user(), stock.user()]
    made = stock.judge(candidate, "twice", "twice", by=people)
    assert made.outcome == "twice" and not Judgement.objects.exists() and unions.settle_due() == 0
    decisions.withdraw(people[1], made.review_id)
    candidate.refresh_from_db()
    assert candidate.status == "second" and not Judgement.objects.exists()


def test_it_counts_as_no_child_found_anywhere(stock, rows):
    report, first, second, third = rows
    twice(stock, first, second)
    twice(stock, first, third, "different", "different")
    assert list(identities.page()) == [] and list(identities.rows()) == []
    assert list(agreed_verdicts.agreed()) == [], "it teaches no model what a found child looks like"
    assert list(candidates.export_rows()) == [], "evaluation and exports know the pairs in which a child may be found"
    assert agreement.report(stock.user("lead")).together.verdicts == 0
    judged(stock, report, first)
    assert [(row[0], row[2]) for row in candidates.export_rows()] == [("family_reports", "register")]


def test_the_database_keeps_rows_together_whoever_writes(stock, rows):
    report, first, second, _ = rows
    twice(stock, first, second)
    judged(stock, report, first)
    with pytest.raises(IntegrityError, match="exactly the rows"), transaction.atomic():
        IdentityMember.objects.filter(row=second).delete()
    with pytest.raises(IntegrityError, match="two verdicts"), transaction.atomic():
        candidate = stock.candidate(first, rows[3], listed_twice=True)
        type(candidate).objects.filter(pk=candidate.pk).update(status="twice")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_identitymember")
        assert cursor.fetchone() == (3,)
