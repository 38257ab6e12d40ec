"""Many people at once on a real PostgreSQL: no double reservation, no lost verdict, no lost event."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from registry import audit
from registry.access import consumers
from registry.errors import ReviewError
from registry.judgements import events
from registry.models import Candidate, ConsumerTerms, Identity, IdentityEvent, IdentityMember, Review
from review.pair import pair_view
from review.queue import assignment, reservation
from review.verdicts import decisions

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls):
    """Run calls in threads that start at one moment; their results or the exceptions they raised."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=30)
            return call()
        except Exception as caught:
            return caught
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_fifty_verifiers_take_and_decide_at_once(stock):
    candidates = [stock.candidate(probability=0.5 + number / 200) for number in range(60)]
    people = [stock.user("lead" if number % 4 == 0 else "verifier") for number in range(50)]
    holders: dict[int, int] = {}
    guard = threading.Lock()
    doubles: list[int] = []
    given: Counter[int] = Counter()

    def work(person, number):
        def run():
            while (candidate := assignment.take_next(person)) is not None:
                with guard:
                    if candidate.pk in holders:
                        doubles.append(candidate.pk)
                    holders[candidate.pk] = person.pk
                pair_view.pair(person, candidate.pk)
                verdict = ("same", "same", "different", "cannot_tell")[(candidate.pk + number) % 4]
                with guard:
                    del holders[candidate.pk]
                decisions.decide(person, candidate.pk, verdict, "other")
                with guard:
                    given[candidate.pk] += 1

        return run

    results = together(*(work(person, number) for number, person in enumerate(people)))
    assert [result for result in results if result is not None] == []
    assert doubles == []
    for candidate in candidates:
        candidate.refresh_from_db()
        found = list(Review.objects.filter(candidate=candidate).order_by("ordinal"))
        assert len(found) == given[candidate.pk] >= 2
        assert [review.ordinal for review in found] == list(range(1, len(found) + 1))
        assert len({review.reviewer_id for review in found}) == len(found)
        assert candidate.status == decisions.outcome([review.verdict for review in found])
        assert candidate.reserved_by_id is None
    verified = Candidate.objects.filter(status="verified").count()
    assert IdentityEvent.objects.filter(kind="verified").count() == Identity.objects.count() == verified > 0
    seqs = [event.seq for event in events.after(0, 1000)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert audit.verify().sound


def test_two_windows_of_one_person_take_one_candidate(stock):
    for _ in range(10):
        stock.candidate()
    person = stock.user()
    taken = together(*[lambda: assignment.take_next(person)] * 8)
    assert len({candidate.pk for candidate in taken}) == 1
    assert Candidate.objects.filter(reserved_by=person).count() == 1


def test_one_verdict_sent_twice_counts_once(stock):
    candidate, person = stock.candidate(), stock.user()
    assignment.take_next(person)
    results = together(*[lambda: decisions.decide(person, candidate.pk, "same", "other")] * 6)
    assert sum(isinstance(result, ReviewError) for result in results) == 5
    assert Review.objects.count() == 1


def test_of_two_second_verdicts_one_counts(stock):
    """Two people race for the second verdict of one pair: whoever holds it decides, the other is refused."""
    for _ in range(5):
        candidate = stock.candidate()
        stock.judge(candidate, "same")
        people = [stock.user(), stock.user()]

        def race(person, wanted=candidate):
            taken = assignment.take_next(person)
            decisions.decide(person, wanted.pk, "same", "other")
            return taken.pk

        results = together(*(lambda person=person: race(person) for person in people))
        assert sum(isinstance(result, int) for result in results) == 1
        assert sum(isinstance(result, ReviewError | AttributeError) for result in results) == 1
        assert Review.objects.filter(candidate=candidate).count() == 2
        candidate.refresh_from_db()
        assert candidate.status == "verified"
    assert Identity.objects.count() == 5


def test_merges_that_touch_the_same_identities_follow_each_other(stock):
    """Four identities in a ring, four links between neighbours verified at one moment: one identity remains."""
    for _ in range(3):
        ring = [(stock.record(), stock.record()) for _ in range(4)]
        made = [stock.judge(stock.candidate(left, right), "same", "same").identity_id for left, right in ring]
        bridges = [stock.candidate(ring[number][1], ring[(number + 1) % 4][0]) for number in range(4)]
        people = [stock.user() for _ in bridges]
        for bridge, person in zip(bridges, people, strict=True):
            stock.judge(bridge, "same")
            Candidate.objects.filter(pk=bridge.pk).update(reserved_by=person, reserved_until=reservation.lease_end())
        results = together(
            *(
                lambda person=person, bridge=bridge: decisions.decide(person, bridge.pk, "same", "other")
                for bridge, person in zip(bridges, people, strict=True)
            )
        )
        assert [result.outcome for result in results] == ["verified"] * 4
        live = Identity.objects.filter(pk__in=made, status="verified")
        assert live.count() == 1
        assert set(Identity.objects.filter(pk__in=made, status="merged").values_list("merged_into_id", flat=True)) == {
            live.get().pk
        }
        assert IdentityMember.objects.filter(identity=live.get()).count() == 8


def test_events_never_appear_behind_a_poller(stock):
    """A poller that resumes after the last number it saw gets each event once, whatever the writers do."""
    pairs = [(stock.candidate(), stock.user()) for _ in range(12)]
    for candidate, person in pairs:
        stock.judge(candidate, "same")
        Candidate.objects.filter(pk=candidate.pk).update(reserved_by=person, reserved_until=reservation.lease_end())
    seen: list[int] = []
    done = threading.Event()

    def poll():
        while True:
            last = done.is_set()
            seen.extend(event.seq for event in events.after(seen[-1] if seen else 0, limit=3))
            if last and not events.after(seen[-1] if seen else 0):
                connection.close()
                return

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        results = together(
            *(
                lambda candidate=candidate, person=person: decisions.decide(person, candidate.pk, "same", "other")
                for candidate, person in pairs
            )
        )
    finally:
        done.set()
        poller.join(timeout=60)
    assert [result.outcome for result in results] == ["verified"] * 12
    assert seen == list(range(1, 13))


def test_audit_keeps_its_chain_under_concurrent_writers():
    together(*(lambda n=n: [audit.append(f"os:p{n}", "step", "t", str(i), {}) for i in range(25)] for n in range(8)))
    report = audit.verify()
    assert report.sound and report.checked == 200


def test_terms_of_a_consumer_wait_once(stock):
    people = [stock.user("lead") for _ in range(5)]
    asked = together(*(lambda p=person: consumers.ask(p, "case system", "tracing", "Protocol 7") for person in people))
    assert sum(isinstance(result, ConsumerTerms) for result in asked) == 1


def test_a_request_is_decided_once(stock):
    asked = consumers.ask(stock.user("lead"), "case system", "tracing", "Protocol 7")
    people = [stock.user("lead") for _ in range(5)]
    done = together(*(lambda p=person: consumers.decide(p, asked.pk, allowed=True) for person in people))
    assert sum(isinstance(result, ConsumerTerms) for result in done) == 1
