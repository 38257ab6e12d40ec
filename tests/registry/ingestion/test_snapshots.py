from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from django.db import IntegrityError, connection, transaction

from registry.errors import RegistryError
from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches, snapshots
from registry.ingestion.batches import Delivery
from registry.ingestion.rows import NewQuarantine, NewRecord
from registry.models import Batch, Evidence, Record, RecordChange, Sighting
from sources.locator import Locator

pytestmark = pytest.mark.django_db


def row(key, name="Вигаданенко Зоряна", **more):
    return NewRecord(key, None, Locator(row=7), "uk", {"given": name, **more}, {"given": name})


@pytest.fixture
def deliver(stock):
    """Ingest the cards of one month: key to name."""

    def deliver(month, cards, *, complete=True, dated=True, extra=(), number=None):
        sha256 = f"{number or month:064x}"
        Evidence.objects.get_or_create(sha256=sha256, defaults={"size": 1})
        day = date(2024, month, 15)
        facts = CollectionFacts("archive", datetime(2024, month, 16, tzinfo=UTC), "saved", "a fictional bank")
        rows = [*(row(key, name) for key, name in cards.items()), *extra]
        delivery = Delivery(complete=complete, as_of=day if dated else None)
        return batches.ingest_batch(stock.source("cards"), sha256, facts, rows, delivery=delivery)

    return deliver


def state():
    """Key to the current name and the month since which it has vanished."""
    current = Record.objects.filter(is_current=True).select_related("vanished").order_by("key")
    return {
        record.key: (record.payload["written"]["given"], record.vanished.as_of.month if record.vanished else None)
        for record in current
    }


def told():
    return sorted(
        {(change.observed_on.month, change.key, change.kind) for change in snapshots.page(None, limit=1000)[0]}
    )


def test_a_newer_snapshot_tells_what_changed_vanished_and_came_back(deliver):
    deliver(1, {"a": "Зоряна", "b": "Лесь", "c": "Орися"})
    second = deliver(2, {"a": "Зоряна", "c": "Орина", "d": "Устим"})
    assert (second.records_new, second.records_changed, second.records_unchanged, second.vanished) == (1, 1, 1, 1)
    assert state() == {"a": ("Зоряна", None), "b": ("Лесь", 2), "c": ("Орина", None), "d": ("Устим", None)}
    third = deliver(3, {"a": "Зоряна", "b": "Лесь", "d": "Устим"})
    assert (third.records_unchanged, third.vanished) == (3, 1)
    assert told() == [(2, "b", "vanished"), (2, "c", "changed"), (3, "b", "reappeared"), (3, "c", "vanished")]
    changed = RecordChange.objects.get(key="c", kind="changed")
    assert changed.fields == ["given"]
    assert [r.version for r in Record.objects.filter(key="c").order_by("version")] == [1, 2]
    assert Sighting.objects.filter(record__key="a").count() == 2
    history = snapshots.of_record(Record.objects.get(key="b"))
    assert [(change.kind, change.from_version, change.to_version) for change in history] == [
        ("vanished", 1, None),
        ("reappeared", 1, 1),
    ]
    assert "Орис" not in str(RecordChange.objects.values_list())


def test_an_older_snapshot_never_becomes_current(deliver):
    deliver(1, {"a": "Зоряна", "b": "Лесь"})
    deliver(9, {"a": "Зоря", "n": "Новина"})
    late = deliver(5, {"a": "Зоряниця", "b": "Лесь", "old": "Давнина"})
    assert late.late
    assert state() == {"a": ("Зоря", None), "b": ("Лесь", 9), "n": ("Новина", None), "old": ("Давнина", 9)}
    between = Record.objects.get(key="a", version=3)
    assert not between.is_current and between.payload["written"]["given"] == "Зоряниця"
    steps = [(c.from_version, c.to_version) for c in snapshots.of_record(between)]
    assert set(steps) == {(1, 2), (1, 3), (3, 2)}


SNAPSHOTS = {
    1: {"a": "Зоряна", "b": "Лесь", "c": "Орися", "e": "Юхим"},
    4: {"a": "Зоряниця", "c": "Орися", "d": "Устим", "e": "Юхим"},
    7: {"a": "Зоряниця", "b": "Лесик", "e": "Юхимко"},
    9: {"a": "Зоряна", "b": "Лесик", "d": "Устим", "e": "Юхимко"},
}


@pytest.mark.parametrize("order", list(permutations(SNAPSHOTS)))
def test_what_is_known_does_not_depend_on_the_order_of_arrival(deliver, order):
    for month in order:
        deliver(month, SNAPSHOTS[month])
    assert state() == {
        "a": ("Зоряна", None),
        "b": ("Лесик", None),
        "c": ("Орися", 7),
        "d": ("Устим", None),
        "e": ("Юхимко", None),
    }
    assert {(4, "b", "vanished"), (7, "c", "vanished")} <= set(told())
    for batch in Batch.objects.all():
        parts = (batch.records_new, batch.records_changed, batch.records_unchanged, batch.quarantined, batch.non_data)
        assert sum(parts) == batch.rows_read


def test_a_delta_lets_nothing_vanish_and_each_row_follows_its_own_days(deliver):
    deliver(1, {"a": "Зоряна", "b": "Лесь"}, complete=False)
    deliver(9, {"b": "Лесик"}, complete=False)
    late = deliver(5, {"a": "Зоря", "b": "Лесько"}, complete=False)
    assert late.records_changed == 2
    assert state() == {"a": ("Зоря", None), "b": ("Лесик", None)}


def test_a_row_in_quarantine_has_not_vanished(deliver):
    deliver(1, {"a": "Зоряна", "b": "Лесь", "c": "Орися"})
    unread = NewQuarantine(Locator(row=2), "no_name", "the row has no name", {}, key="b")
    assert deliver(2, {"a": "Зоряна"}, extra=[unread]).vanished == 1
    assert state()["b"] == ("Лесь", None)


def test_two_files_of_one_day_are_one_snapshot(deliver):
    deliver(1, {"a": "Зоряна", "b": "Лесь"})
    assert deliver(2, {"a": "Зоряна"}).vanished == 1
    assert deliver(2, {"b": "Лесь"}, number=77).vanished == 0
    assert state() == {"a": ("Зоряна", None), "b": ("Лесь", None)}


def test_without_a_day_of_their_own_deliveries_follow_their_collection(deliver):
    deliver(5, {"a": "Зоряна"}, dated=False)
    assert deliver(3, {"a": "Зоря"}, dated=False).late
    assert [r.is_current for r in Record.objects.order_by("version")] == [True, False]


def test_changes_are_append_only(deliver):
    deliver(1, {"a": "Зоряна"})
    deliver(2, {"a": "Зоря"})
    for statement in ("UPDATE registry_recordchange SET kind = 'vanished'", "DELETE FROM registry_recordchange"):
        with pytest.raises(IntegrityError, match="refuses"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_record_is_found_by_what_people_call_it(deliver):
    from registry.linkage import records

    deliver(1, {"a/b": "Зоряна"})
    deliver(2, {"a/b": "Зоря"})
    current = Record.objects.get(is_current=True)
    assert records.find(str(current.pk)) == records.find("cards/a/b") == current
    assert records.find("cards/a/b@1").version == 1
    for unknown in ("cards/zz", "0", "nowhere/a/b", "99999999999999999999"):
        with pytest.raises(RegistryError):
            records.find(unknown)
