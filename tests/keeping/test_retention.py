"""Terms are kept: what is older goes at night, what is held or verified waits, and the plan tells before."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from keeping import holds, retention
from keeping.erasure import carrying_out, requests, targets
from registry import proof
from registry.errors import ReviewError
from registry.models import Batch, Erasure, Identity, Record, Redaction

pytestmark = pytest.mark.django_db(transaction=True)
TERM = "retention_days: 30\n"


def run():
    """The nightly flow, without PostgreSQL's own files."""
    for erasure in [*retention.allow_due(), *requests.under_way()]:
        if Erasure.objects.get(pk=erasure.pk).finished_at is None:
            carrying_out.in_tables(erasure.pk)
            carrying_out.in_store(erasure.pk)
            carrying_out.finish(erasure.pk)


def left(slug):
    return sorted(Record.objects.filter(source__slug=slug).exclude(fingerprint="").values_list("key", flat=True))


def test_rows_that_no_delivery_within_the_term_has_held_go(lists):
    lists.take_in("family", more=TERM, name="old.csv", days_ago=40)
    renewed = [("a2", "Вигаданенко Остап", "03.04.2011"), ("a4", "Новенька Ада", "01.01.2014")]
    renewed.append(("a3", "Неіснуйко Дарина", "05.06.2013"))  # unchanged, and seen again
    lists.take_in("family", renewed, more=TERM, name="new.csv", days_ago=3)
    lists.take_in("kept", name="kept.csv", days_ago=4_000, source_class="media")
    (due,) = retention.due().sources
    assert (due.plan.rows, due.plan.versions, due.plan.redacted, due.held) == (1, 1, 1, 0)
    run()
    assert left("family") == ["a2", "a2", "a3", "a4"] and left("kept") == ["a1", "a2", "a3"]
    assert Redaction.objects.get().copy is not None
    assert list(proof.findings()) == []
    assert retention.due().sources[0].plan.rows == 0 and not retention.allow_due()


def test_a_hold_keeps_rows_until_two_people_lift_it(stock, lists):
    lists.take_in("family", more=TERM, days_ago=40)
    maria, petro = stock.user("lead"), stock.user("auditor")
    with pytest.raises(ReviewError, match="may not"):
        holds.add(stock.user("data"), targets.named("family/a1"), "order 12/24 of a court")
    with pytest.raises(ReviewError, match="legal basis"):
        holds.add(maria, targets.named("family/a1"), " ")
    hold = holds.add(maria, targets.named("family/a1"), "order 12/24 of a court")
    with pytest.raises(ReviewError, match="are held"):
        requests.ask(stock.user("data"), targets.named("family/a1"), "asked_by_family")
    with pytest.raises(ReviewError, match="are held"):
        requests.ask(stock.user("data"), targets.named("family"), "unlawful")
    assert retention.due().sources[0].held == 1
    run()
    assert left("family") == ["a1"]
    holds.lift(maria, hold.pk)
    with pytest.raises(ReviewError, match="another person"):
        holds.lift(maria, hold.pk)
    assert holds.standing() == [hold]
    holds.lift(petro, hold.pk)
    assert holds.standing() == []
    with pytest.raises(ReviewError, match="no such hold"):
        holds.lift(petro, hold.pk)
    run()
    assert left("family") == [] and list(proof.findings()) == []


def test_a_hold_that_comes_after_the_leave_stops_the_erasure(stock, lists):
    lists.take_in("family")
    made = requests.ask(stock.user("data"), targets.named("family/a1"), "unlawful")
    requests.decide(stock.user("lead"), made.pk, allowed=True)
    holds.add(stock.user("lead"), targets.named("family"), "a law")
    with pytest.raises(DatabaseError, match="is held"):
        carrying_out.in_tables(made.pk)
    assert left("family") == ["a1", "a2", "a3"]


def test_a_verified_identity_waits_for_one_person(stock, lists):
    lists.take_in("family", more=TERM, days_ago=40)
    lists.take_in("moved", more=TERM, source_class="occupation", days_ago=40)
    stock.judge(stock.candidate(lists.record("family", "a1"), lists.record("moved", "a1")), "same", "same")
    due = retention.due()
    assert [one.plan.rows for one in due.sources] == [2, 2] and due.identities == [Identity.objects.get().pk]
    run()
    assert left("family") == left("moved") == ["a1"]
    (waits,) = Erasure.objects.filter(allowed=None)
    assert waits.asked_by is None and waits.plan["rows"] == 2
    run()
    assert Erasure.objects.filter(allowed=None).count() == 1
    requests.decide(stock.user("auditor"), waits.pk, allowed=True)
    run()
    assert left("family") == left("moved") == [] and list(proof.findings()) == []


def test_the_database_believes_no_term_that_has_not_passed(lists):
    lists.take_in("family", more=TERM, days_ago=40)
    (made,) = retention.allow_due()
    Batch.objects.filter(source__slug="family").update(finished_at=None)
    Batch.objects.update(collected_at=timezone.now() - timedelta(days=2))
    with pytest.raises(DatabaseError, match="term"):
        carrying_out._bury(made, [lists.record("family", "a1").pk])
