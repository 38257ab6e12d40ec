"""Exports with names: two people, once, within a day, without those who refuse, harmless and logged."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from registry import exports
from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate, ExportRequest

pytestmark = pytest.mark.django_db


def fetched(user, request_id):
    stream = io.StringIO(newline="")
    done = exports.fetch(user, request_id, stream)
    assert done.sha256 == hashlib.sha256(stream.getvalue().encode()).hexdigest()
    stream.seek(0)
    rows = list(csv.DictReader(stream))
    assert len(rows) == done.rows
    return rows


def allowed(stock, kind="candidates", asker=None):
    asker = asker or stock.user("data")
    asked = exports.ask(asker, kind, "tracing", "an archive")
    exports.decide(stock.user("auditor"), asked.pk, allowed=True)
    return asker, asked.pk


def test_a_score_is_called_a_probability_only_where_it_is_calibrated(stock):
    stock.candidate(probability=0.9)
    (row,) = fetched(*allowed(stock))
    assert (row["score"], row["calibrated_probability"]) == ("0.9", "") and "probability" not in row
    Candidate.objects.update(calibrated_probability=0.75)
    (row,) = fetched(*allowed(stock))
    assert (row["score"], row["calibrated_probability"]) == ("0.9", "0.75")


def code_of(caught):
    return caught.value.code


def test_one_asks_another_allows_the_first_fetches_once(stock):
    candidate = stock.candidate()
    asker, other = stock.user("data"), stock.user("lead")
    asked = exports.ask(asker, "candidates", "tracing", "  an   archive ")
    with pytest.raises(ReviewError) as caught:
        fetched(asker, asked.pk)
    assert code_of(caught) == "waiting"
    exports.decide(other, asked.pk, allowed=True)
    with pytest.raises(ReviewError) as caught:
        fetched(other, asked.pk)
    assert code_of(caught) == "not_own"
    (row,) = fetched(asker, asked.pk)
    assert row["left_name"] == "Вигаданенко Зоряна" and row["left_birth"] == "01.02.2012"
    assert row["left_key"] == candidate.left.key and row["status"] == "open"
    with pytest.raises(ReviewError) as caught:
        fetched(asker, asked.pk)
    assert code_of(caught) == "fetched"
    (listed,) = exports.listing(asker)
    assert (listed.state, listed.recipient, listed.decided_by, listed.rows) == (
        "fetched", "an archive", other.username, 1,
    )  # fmt: skip


def test_nobody_allows_their_own_and_nobody_decides_twice(stock):
    lead = stock.user("lead")
    asked = exports.ask(lead, "identities", "legal", "a court")
    with pytest.raises(ReviewError) as caught:
        exports.decide(lead, asked.pk, allowed=True)
    assert code_of(caught) == "own_request"
    exports.decide(stock.user("lead"), asked.pk, allowed=False)
    with pytest.raises(ReviewError) as caught:
        exports.decide(stock.user("auditor"), asked.pk, allowed=True)
    assert code_of(caught) == "decided"
    with pytest.raises(ReviewError) as caught:
        fetched(lead, asked.pk)
    assert code_of(caught) == "refused"


def test_leave_lasts_a_day(stock):
    asker, number = allowed(stock)
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "VALID_FOR", timedelta(seconds=-1))
        with pytest.raises(ReviewError) as caught:
            fetched(asker, number)
    assert code_of(caught) == "expired"


@pytest.mark.parametrize("role", ["verifier", "adjudicator", "auditor", "admin"])
def test_roles_that_may_not_ask(stock, role):
    with pytest.raises(ReviewError):
        exports.ask(stock.user(role), "candidates", "tracing", "an archive")


@pytest.mark.parametrize("role", ["verifier", "adjudicator", "data", "admin"])
def test_roles_that_may_not_decide(stock, role):
    asked = exports.ask(stock.user("lead"), "candidates", "tracing", "an archive")
    with pytest.raises(ReviewError):
        exports.decide(stock.user(role), asked.pk, allowed=True)
    if role == "data":
        assert exports.listing(stock.user(role)) == []
    else:
        with pytest.raises(ReviewError):
            exports.listing(stock.user(role))


@pytest.mark.parametrize(
    ("kind", "purpose", "recipient"),
    [
        ("all", "tracing", "x"),
        ("candidates", "fun", "x"),
        ("candidates", "tracing", " "),
        ("candidates", "legal", "x" * 121),
    ],
)
def test_what_is_not_a_request(stock, kind, purpose, recipient):
    with pytest.raises(ReviewError):
        exports.ask(stock.user("lead"), kind, purpose, recipient)


def test_the_database_itself_wants_two_people_and_keeps_what_was_decided(stock):
    asker, number = allowed(stock)
    asked = ExportRequest.objects.filter(pk=number)
    for change in (
        {"kind": "identities"}, {"recipient": "another"}, {"requested_by": stock.user("lead")}, {"allowed": False},
        {"decided_by": stock.user("lead")},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            asked.update(**change)
    fetched(asker, number)
    with pytest.raises(DatabaseError), transaction.atomic():
        asked.update(fetched_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        asked._raw_delete("default")
    facts = {"kind": "candidates", "purpose": "check", "recipient": "x", "requested_at": timezone.now()}
    with pytest.raises(DatabaseError, match="two_people"), transaction.atomic():
        ExportRequest.objects.create(
            **facts, requested_by=asker, decided_by=asker, decided_at=timezone.now(), allowed=True
        )
    with pytest.raises(DatabaseError, match="fetched_when_allowed"), transaction.atomic():
        ExportRequest.objects.create(**facts, requested_by=asker, fetched_at=timezone.now())


def test_who_refuses_tracing_is_in_no_export(stock):
    left = stock.record({"full_name": "Потаємна Зоряна"}, values={"consent": "no"})
    refused = stock.candidate(left)
    stock.judge(refused, "same", "same")
    kept = stock.candidate()
    stock.judge(kept, "same", "same")
    for kind in ("candidates", "identities"):
        rows = fetched(*allowed(stock, kind))
        assert rows and "Потаємна" not in str(rows)


def test_a_later_version_that_refuses_counts(stock):
    batch = stock.batch()
    old = stock.record({"full_name": "Потаємна Зоряна"}, batch=batch, key="A", is_current=False)
    candidate = stock.candidate(old)
    assert len(fetched(*allowed(stock))) == 1
    stock.record({"full_name": "Потаємна Зоряна"}, batch=batch, key="A", version=2, values={"consent": "no"})
    assert candidate.pk and fetched(*allowed(stock)) == []


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx", " =1+1", '=HYPERLINK("x")'])
def test_cells_never_run_as_formulas(stock, name):
    stock.candidate(stock.record({"full_name": name}))
    (row,) = fetched(*allowed(stock))
    assert row["left_name"].startswith("'")


def test_every_candidate_and_identity_given_is_logged(stock, monkeypatch):
    monkeypatch.setattr(exports, "LOGGED_AT_ONCE", 2)
    pairs = [stock.candidate() for _ in range(5)]
    asker, number = allowed(stock)
    fetched(asker, number)
    logged = AuditEntry.objects.filter(action="export.given", object_id=str(number)).order_by("seq")
    assert [entry.actor for entry in logged] == [f"user:{asker.pk}"] * 3
    given = [number for entry in logged for number in entry.data["candidates"]]
    assert sorted(given) == sorted(str(pair.pk) for pair in pairs)
    assert "Вигаданенко" not in str(list(AuditEntry.objects.values()))


def test_identities_come_with_their_places(stock):
    stock.judge(stock.candidate(), "same", "same")
    rows = fetched(*allowed(stock, "identities"))
    assert {row["field"] for row in rows} == {"full_name", "birth_date"}
    assert all(len(row["evidence_sha256"]) == 64 and "row" in row["locator"] for row in rows)
