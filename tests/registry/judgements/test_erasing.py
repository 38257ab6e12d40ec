"""Erasing rows: identities lose them, and every id that ever held one tells it."""

import pytest
from django.db import transaction

from registry.access import field_access
from registry.identities import consumer_state
from registry.judgements import changes, erasing, replay
from registry.models import Candidate, CandidateStatus, Identity, IdentityEvent, PendingUnion
from registry.models.identity import EventKind

pytestmark = pytest.mark.django_db(transaction=True)


def verify(stock, left, right):
    return stock.judge(stock.candidate(left, right), "same", "same").identity_id


def erase(stock, *records):
    with transaction.atomic():
        return erasing.erase_rows(stock.user("lead"), [record.pk for record in records])


def state(identity):
    return consumer_state.of(identity, consumer_state.Clearance(field_access.EVERYTHING)).document


def test_an_identity_that_is_left_with_nothing_is_erased_for_ever(stock):
    left, right = stock.record(), stock.record()
    identity = verify(stock, left, right)
    assert erase(stock, left) == [identity]
    assert state(identity) == {"id": str(identity), "status": "erased"}
    assert list(IdentityEvent.objects.order_by("seq").values_list("kind", "data")) == [
        ("verified", {"candidate": Candidate.objects.get().pk, "records": [left.pk, right.pk]}),
        ("erased", {"reason": "erased"}),
    ]
    assert Candidate.objects.get().status == CandidateStatus.UNRESOLVED
    assert replay.states() == replay.stored()
    assert erase(stock, left, right) == []  # nothing is told twice


def test_an_identity_that_goes_on_is_split_for_this_reason_and_gives_nothing_of_the_row(stock):
    a, b, c = (stock.record() for _ in range(3))
    gone = stock.record({"full_name": "Зниклий Орест"})
    identity = verify(stock, a, b)
    verify(stock, b, c)
    verify(stock, c, gone)
    assert erase(stock, gone) == [identity]
    last = IdentityEvent.objects.order_by("seq").last()
    assert (last.kind, last.data["reason"], last.data["left"]) == ("split", "erased", [gone.pk])
    told = str(state(identity))
    assert "Зниклий" not in told and len(state(identity)["records"]) == 3
    assert replay.states() == replay.stored()


def test_what_only_the_row_held_together_falls_apart(stock):
    a, b, gone, c, d = (stock.record() for _ in range(5))
    identity = verify(stock, a, b)
    for left, right in ((b, gone), (gone, c), (c, d)):
        verify(stock, left, right)
    assert erase(stock, gone) == [identity]
    assert sorted(one.members.count() for one in Identity.objects.filter(status="verified")) == [2, 2]
    assert replay.states() == replay.stored()


def test_what_was_taken_back_before_is_erased_as_well_and_what_waits_never_enters(stock, monkeypatch):
    from configs.settings import settings

    left, right, third = (stock.record() for _ in range(3))
    identity = verify(stock, left, right)
    asked = changes.ask(stock.user("lead"), "retract", identity, "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    monkeypatch.setattr(settings(), "undo_seconds", 3600)
    verify(stock, right, third)
    assert PendingUnion.objects.count() == 1
    assert erase(stock, right) == [identity]
    assert not PendingUnion.objects.exists()
    assert state(identity)["status"] == "erased"
    assert IdentityEvent.objects.filter(kind=EventKind.ERASED).count() == 1
    assert replay.states() == replay.stored()
