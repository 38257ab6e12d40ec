"""Two families, twins, brothers and sisters beside each other: the page of a child keeps them apart."""

from __future__ import annotations

import pytest

from registry.models import Source
from review.child import kept_apart, would_be

pytestmark = pytest.mark.django_db


@pytest.fixture
def families(stock):
    """Two families' reports, each with rows of two lists; a likely pair leads from one child to the other."""
    reports, lists = stock.batch("reports", side="seeking"), [stock.batch(slug) for slug in ("register", "transfers")]
    made = [[stock.record(batch=reports), *(stock.record(batch=one) for one in lists)] for _ in range(2)]
    pairs = {}
    for name, (report, register, transfer) in zip(("own", "other"), made, strict=True):
        pairs[name] = stock.candidate(report, register, probability=0.99)
        stock.candidate(register, transfer, probability=0.98)
    pairs["bridge"] = stock.candidate(made[0][1], made[1][2], probability=0.9)
    return made, pairs


def rows(found):
    return {row for unit in found.units for row in unit.rows}


def numbers(*records):
    return {record.pk for record in records}


def test_two_families_never_stand_on_one_page(stock, families):
    (own, other), pairs = families
    person = stock.user()
    for name, expected in (("own", own), ("other", other)):
        found = would_be.around(person, pairs[name])
        assert rows(found) == numbers(*expected) and found.left_out == 3
        assert {pair.id for pair in found.pairs}.isdisjoint({pairs["bridge"].pk})


def test_the_pair_between_them_is_judged_with_both_beside_each_other(stock, families):
    (own, other), pairs = families
    found = would_be.around(stock.user(), pairs["bridge"])
    assert numbers(own[1], other[2]) <= rows(found)
    assert len(rows(found) & numbers(own[0], other[0])) == 1  # the likelier family goes with its child


def test_two_reports_that_are_likely_of_one_child_stand_together(stock, families):
    (own, other), pairs = families
    stock.candidate(own[0], other[0], probability=0.8, listed_twice=True)
    found = would_be.around(stock.user(), pairs["own"])
    assert rows(found) == numbers(*own, *other) and found.left_out == 0


def test_of_two_rows_of_a_list_that_holds_each_child_once_the_likelier_stays(stock):
    cards = stock.batch("cards")
    Source.objects.filter(slug="cards").update(one_row_per_child=True)
    report, register = stock.record(), stock.record(batch=stock.batch("register"))
    blue, grey = (stock.record(batch=cards) for _ in range(2))
    seed = stock.candidate(report, register, probability=0.97)
    stock.candidate(report, grey, probability=0.6)
    stock.candidate(register, blue, probability=0.7)
    found = would_be.around(stock.user(), seed)
    assert rows(found) == numbers(report, register, blue) and found.left_out == 1


def test_what_two_people_told_apart_stays_apart(stock):
    a, b, twin = (stock.record() for _ in range(3))
    stock.judge(stock.candidate(a, twin), "different", "different")
    seed = stock.candidate(a, b)
    stock.candidate(b, twin, probability=0.95)
    found = would_be.around(stock.user(), seed)
    assert rows(found) == numbers(a, b) and not found.is_more_than_a_pair and found.left_out == 1


def test_the_taken_pair_is_shown_with_what_speaks_against_it(stock, sign_in):
    a, b, twin = (stock.record() for _ in range(3))
    stock.judge(stock.candidate(a, b), "same", "same")
    stock.judge(stock.candidate(a, twin), "different", "different")
    seed = stock.candidate(b, twin, probability=0.95)
    seed.refresh_from_db()
    if seed.status == "implied":  # it follows from the two; opened again it is asked, and shown with them
        type(seed).objects.filter(pk=seed.pk).update(status="open")
    found = would_be.around(stock.user(), seed)
    assert found.never == {frozenset(numbers(a, twin))}
    client = sign_in("verifier")
    from registry.models import User
    from tests.review.child.test_would_be import hold

    hold(User.objects.get(pk=client.session["_auth_user_id"]), seed)
    text = client.get(f"/children/{seed.pk}/").content.decode()
    assert text.count('class="against"') == 2


@pytest.mark.parametrize(
    ("pairs", "apart", "kept"),
    [
        ([(1, 2, 0.9), (2, 3, 0.8)], [], {1, 2, 3, 4}),
        ([(1, 3, 0.9), (2, 3, 0.8)], [(1, 3)], {1, 2, 4}),
        ([(3, 5, 0.99), (2, 3, 0.8), (2, 5, 0.7)], [(1, 5)], {1, 2, 4}),
        ([(2, 3, 0.8), (3, 5, 0.7)], [(1, 5)], {1, 2, 3, 4}),
    ],
)
def test_the_likeliest_goes_first(pairs, apart, kept):
    units = [(1, 4), (2,), (3,), (5,)]
    never = frozenset(frozenset(pair) for pair in apart)
    assert kept_apart.with_the_seed(units, (1, 2), pairs, never) == kept
