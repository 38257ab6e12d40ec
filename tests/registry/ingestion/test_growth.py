"""What a delivery costs grows with its rows, not with their square: counted in rows that PostgreSQL reads."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches
from registry.ingestion.batches import Delivery
from registry.ingestion.rows import NewRecord
from registry.models import Evidence
from sources.locator import Locator

pytestmark = pytest.mark.django_db

READ = """
SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_all_tables
WHERE relname LIKE 'registry%%' OR relname LIKE 'ingest%%'
"""


def rows_read() -> int:
    """Count the rows of tables and staging that this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])


def deliver(stock, slug, values, day):
    """Store a complete list, `{key: value}`; the rows that PostgreSQL read for it."""
    sha256 = hashlib.sha256(f"{slug} {day}".encode()).hexdigest()
    Evidence.objects.create(sha256=sha256, size=1)
    collected = CollectionFacts(collected_by="t", collected_at=timezone.now(), collected_how="made", collected_from="x")
    rows = (NewRecord(f"K{k}", None, Locator(row=k + 1), "uk", {"note": v}, {}) for k, v in values.items())
    before = rows_read()
    counts = batches.ingest_batch(
        stock.source(slug), sha256, collected, rows, delivery=Delivery(complete=True, as_of=day)
    )
    return counts, rows_read() - before


def story(stock, slug, size):
    """Four deliveries: new; most changed, some gone; all changed; one that comes late. Rows read for each."""
    first = date(2031, 1, 1)
    lists = [
        (0, dict.fromkeys(range(size), "one")),
        (20, {k: "two" if k % 10 < 8 else "one" for k in range(size // 10, size + size // 10)}),
        (30, dict.fromkeys(range(size + size // 10), "three")),
        (10, {k: "late" if k % 2 else "one" for k in range(size // 5, size + size // 5)}),
    ]
    told = [deliver(stock, slug, values, first + timedelta(days)) for days, values in lists]
    assert [counts.late for counts, _ in told] == [False, False, False, True]
    assert told[1][0].records_changed > size // 2 and told[2][0].records_changed > size and told[1][0].vanished
    return [read for _, read in told]


@pytest.mark.parametrize("planned_for", ["nothing", "empty tables"])
@pytest.mark.parametrize(("size", "larger"), [(500, 4_000), pytest.param(5_000, 40_000, marks=pytest.mark.slow)])
def test_the_rows_read_grow_with_the_rows_delivered(stock, size, larger, planned_for):
    if planned_for == "empty tables":  # as on the first day of a registry: the planner expects a row or two
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE registry_record, registry_sighting, registry_recordchange, registry_batch")
    few = story(stock, "small_list", size)
    many = story(stock, "large_list", larger)
    times = larger / size
    # Twice as steep as a straight line is allowed: sequential reads also pass the rows of the other list.
    steeper = [round(more / less) for more, less in zip(many, few, strict=True) if more / less > 2 * times]
    assert steeper == [], (few, many)
