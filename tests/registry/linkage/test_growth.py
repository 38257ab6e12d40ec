"""What storing costs grows with what a run proposes, and a run over new records costs nothing of what is stored.

Counted in rows that PostgreSQL reads, with the planner's figures fresh and without any.
"""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection

from registry.linkage import blocks, candidates, runs
from registry.linkage.proposals import Proposals
from registry.models import Candidate, Record
from registry.sealing import sealed_rows

pytestmark = pytest.mark.django_db

FEW, MANY = 1_000, 8_000
READ = """
SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_all_tables
WHERE schemaname IN ('public') OR schemaname LIKE 'pg_temp%%'
"""
LAYOUT = {"fields": [{"field": "surname", "levels": {str(n): [f"code {n}", "words"] for n in range(9)}}]}
LAYOUT |= {"scenario": ["scenario", "how common"]}


def rows_read() -> int:
    """Count the rows of tables and staging that this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])


def records(stock, batch, count):
    """Add records to a batch and return their ids."""
    first = Record.objects.count()
    values = {"written": {}, "values": {"birth": "2012-03-04/2012-03-04"}}
    made = [
        Record(
            source_id=batch.source_id, batch=batch, evidence_id=batch.evidence_id, key=f"k{first + n}", version=1,
            is_current=True, locator={"row": n + 1}, language="uk", fingerprint=f"f{n}", payload=values,
        )
        for n in range(count)
    ]  # fmt: skip
    sealed_rows.store(made)
    return np.array([record.pk for record in made], dtype=np.int64)


def proposed(left, right, weight=9.0):
    """Propose each left record with three right ones."""
    pairs = np.repeat(left, 3), right[(3 * np.arange(len(left))[:, None] + np.arange(3)).ravel() % len(right)]
    count = len(pairs[0])
    return Proposals(
        *pairs,
        weight=np.full(count, weight),
        probability=np.tile([0.9, 0.2, 0.005], len(left)),
        calibrated=np.full(count, np.nan),
        scenario=np.zeros(count, dtype=np.int16),
        scenarios=["plain"],
        listed_twice=np.zeros(count, dtype=bool),
        levels=np.full((count, 1), 3, dtype=np.int8),
        bits=np.full((count, 2), 450, dtype=np.int16),
        layout=LAYOUT,
    )


def story(stock, size, *, fresh):
    """Store, store again, rescore, add a few, look for the few. Rows read for each."""
    reports = stock.batch(f"reports{size}", side="seeking", source_class="family")
    lists = stock.batch(f"lists{size}", side="found", source_class="occupation")
    left, right = records(stock, reports, size // 3), records(stock, lists, size)
    if fresh:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE registry_record, registry_candidate, registry_filterfacts, registry_deskfacts")
    read = []

    def told(work):
        before = rows_read()
        work()
        read.append(rows_read() - before)

    def store(proposals, *, whole):
        run = runs.start("link", {"spec_name": f"world {size}"})
        return lambda: told_counts.append(candidates.store(run, proposals, withdraw=whole))

    told_counts: list[candidates.CandidateCounts] = []
    everything = proposed(left, right)
    told(store(everything, whole=True))
    told(store(everything, whole=True))
    told(store(proposed(left, right, weight=8.5), whole=True))
    blocks.keep_all("r" * 16, np.r_[left, right], np.r_[left, right], np.arange(len(left) + len(right)))
    late = stock.batch(f"late{size}", side="seeking", source_class="family")
    new = records(stock, late, 20)
    told(store(proposed(new, right[:60]), whole=False))
    told(lambda: blocks.sharing("r" * 16, list(range(0, 40, 2))))
    told(lambda: candidates.open_weights(right[:20].tolist()))
    told(lambda: candidates.supersede(new.tolist()))
    proposals = len(everything)
    assert [c.new for c in told_counts] == [proposals, 0, 0, 60]
    assert [c.updated for c in told_counts] == [0, 0, proposals, 0] and told_counts[1].unchanged == proposals
    assert Candidate.objects.filter(status="superseded", left_id__in=new.tolist()).count() == 60
    return read


@pytest.mark.parametrize("fresh", [True, False])
def test_the_rows_read_grow_with_what_is_proposed(stock, fresh):
    few, many = story(stock, FEW, fresh=fresh), story(stock, MANY, fresh=fresh)
    times = MANY / FEW
    names = ("first", "again", "rescored", "new ones", "sharing", "open weights", "supersede")
    steeper = {n: (a, b) for n, a, b in zip(names[:3], few, many, strict=False) if b > 2 * times * a}
    assert steeper == {}
    # With eight times as much stored, a few new records cost what they did.
    assert {n: (a, b) for n, a, b in list(zip(names, few, many, strict=True))[3:] if b > 2 * a + 500} == {}
