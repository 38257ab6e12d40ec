"""Pages of buckets give back who holds a digest, wherever a page ends, and a look-up touches few of them."""

import json

import numpy as np
import pytest
from django.db import connection

from registry.linkage import blocks, bucket_pages
from registry.linkage.bucket_pages import ENTRIES
from registry.models import BucketPage

pytestmark = pytest.mark.django_db
RULES = "0123456789abcdef"


def held(owners, digests, wanted):
    return sorted({int(owner) for owner, digest in zip(owners, digests, strict=True) if int(digest) in wanted})


@pytest.mark.parametrize("count", [0, 1, ENTRIES - 1, ENTRIES, ENTRIES + 1, 20 * ENTRIES + 7])
@pytest.mark.parametrize("different", [1, 3, 40, 10**9])
def test_holders_are_those_who_hold_a_digest(count, different):
    random = np.random.default_rng(count + different)
    owners = random.integers(1, 2**31 - 1, count)
    digests = random.integers(-different, different + 1, count)
    bucket_pages.write(RULES, owners, digests)
    extremes = [int(digests.min()), int(digests.max())] if count else []
    for wanted in ([], [0], [-1, 1], extremes, random.choice(digests, 5).tolist() if count else [], [2**62, -(2**62)]):
        assert bucket_pages.holders(RULES, wanted) == held(owners, digests, set(wanted))
    assert bucket_pages.holders("other rules", digests.tolist()) == []


def test_a_run_over_everything_leaves_nothing_of_the_one_before():
    first = np.arange(1, 1_000), np.arange(1, 1_000)
    bucket_pages.write(RULES, *first)
    bucket_pages.write("f" * 16, np.array([7]), np.array([70]))
    assert BucketPage.objects.count() == 1 and bucket_pages.holders("f" * 16, [70]) == [7]


def test_linked_records_and_those_who_share_a_bucket(stock):
    one, two, three = (stock.record() for _ in range(3))
    linked = np.array([one.pk, two.pk])
    blocks.keep_all(RULES, linked, np.array([one.pk, one.pk, two.pk]), np.array([5, 6, 6]))
    assert [record.id for record in blocks.new_records(RULES)] == [three.pk]
    assert len(blocks.new_records("f" * 16)) == 3, "by other rules nothing is linked"
    blocks.keep(RULES, [(three.pk, [6, 9])])  # as a run over new records adds to it
    assert blocks.new_records(RULES) == []
    shared = {digest: [record.id for record in blocks.sharing(RULES, [digest])] for digest in (5, 6, 9, 10)}
    assert shared == {5: [one.pk], 6: [one.pk, two.pk, three.pk], 9: [three.pk], 10: []}


@pytest.mark.parametrize("fresh", [True, False])
def test_a_look_up_reads_few_pages(fresh):
    random = np.random.default_rng(3)
    count = 1_000_000
    digests = random.integers(-(2**62), 2**62, count)
    digests[: count // 100] = 7  # one bucket goes over many pages
    bucket_pages.write(RULES, random.integers(1, 10**6, count), digests)
    with connection.cursor() as cursor:
        if not fresh:
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = 'registry_bucketpage'::regclass")
        wanted = [*random.choice(digests, 500).tolist(), *random.integers(-(2**62), 2**62, 500).tolist()]
        explain = bucket_pages.SQL("EXPLAIN (ANALYZE, FORMAT JSON) ") + bucket_pages.LOOK_UP
        cursor.execute(explain, {"rules": RULES, "digests": wanted})
        (plan,) = cursor.fetchone()
    text = plan if isinstance(plan, str) else json.dumps(plan)
    assert "Seq Scan on registry_bucketpage" not in text and '"Relation Name": "registry_bucketpage"' in text
    assert json.loads(text)[0]["Execution Time"] < 2_000
