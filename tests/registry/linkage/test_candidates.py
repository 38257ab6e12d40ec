import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from psycopg.sql import SQL

from registry.errors import RegistryError
from registry.linkage import candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import Candidate
from review.queue import assignment, statements
from review.queue.filters import EVERYTHING, QueueFilter
from review.verdicts import decisions

pytestmark = pytest.mark.django_db

EXPLAIN = SQL("EXPLAIN (ANALYZE, FORMAT JSON) ")
WHY = [{"field": "surname", "level": "IDENTICAL", "bits": 7.5, "code": "identical", "sentence": "one spelling"}]


@pytest.fixture
def link(stock):
    """Store proposals as a new run would."""

    def link(*pairs, spec="children", **more):
        run = runs.start("link", {"seed": 1, "spec_name": spec} if spec else {"seed": 1})
        rows = [NewCandidate(a.pk, b.pk, weight, chance, "plain", WHY) for a, b, weight, chance in pairs]
        counts = candidates.store(run, iter(rows), **more)
        runs.finish(run, {"pairs": counts.proposed})
        return counts

    return link


def test_a_run_adds_updates_leaves_and_withdraws(stock, link):
    a, b, c, d = (stock.record() for _ in range(4))
    first = link((a, b, 9.0, 0.9), (a, c, 5.0, 0.5), (a, d, 2.0, 0.2))
    assert (first.new, first.updated, first.unchanged, first.withdrawn) == (3, 0, 0, 0)
    second = link((a, b, 9.0, 0.9), (c, a, 6.0, 0.6), (b, c, 1.0, 0.1))
    assert (second.proposed, second.new, second.updated, second.unchanged, second.withdrawn) == (3, 1, 1, 1, 1)
    found = dict(Candidate.objects.values_list("probability", "run__manifest"))
    assert set(found) == {0.9, 0.6, 0.1}
    changed = Candidate.objects.get(probability=0.6)
    assert (changed.left_id, changed.right_id) == (a.pk, c.pk)  # a known pair keeps its sides


def test_decided_judged_and_held_candidates_stay(stock, link):
    records = [stock.record() for _ in range(8)]
    pairs = [(records[i], records[i + 1], 9.0, 0.9) for i in range(0, 8, 2)]
    link(*pairs)
    decided, judged, held, free = Candidate.objects.order_by("left_id")
    stock.judge(decided, "different", "different")
    stock.judge(judged, "same")
    holder = stock.user()
    Candidate.objects.filter(pk=held.pk).update(reserved_by=holder, reserved_until=timezone.now() + timedelta(hours=1))
    counts = link((records[0], records[1], 1.0, 0.1), (records[2], records[3], 2.0, 0.2))
    assert (counts.decided, counts.updated, counts.withdrawn) == (1, 1, 1)
    assert not Candidate.objects.filter(pk=free.pk).exists()
    decided.refresh_from_db()
    judged.refresh_from_db()
    assert (decided.status, decided.probability) == ("rejected", 0.9)
    assert (judged.status, judged.probability) == ("second", 0.2)
    assert decisions.decide(holder, held.pk, "same", "other").outcome == "second"


def test_a_partial_run_withdraws_nothing(stock, link):
    a, b, c = (stock.record() for _ in range(3))
    link((a, b, 9.0, 0.9))
    assert link((a, c, 9.0, 0.9), withdraw=False).withdrawn == 0
    assert Candidate.objects.count() == 2


def test_a_run_withdraws_only_what_its_own_spec_proposed(stock, link):
    a, b, c, d = (stock.record() for _ in range(4))
    link((a, b, 9.0, 0.9), (a, c, 8.0, 0.8))
    link((a, d, 7.0, 0.7), spec="siblings")
    assert link(spec=None).withdrawn == 0
    assert link((b, c, 6.0, 0.6), spec="siblings").withdrawn == 1
    assert set(Candidate.objects.values_list("probability", flat=True)) == {0.9, 0.8, 0.6}
    assert link((a, b, 9.0, 0.9)).withdrawn == 1
    link((b, d, 1.0, 0.1), spec=None)
    assert link(spec=None).withdrawn == 1


def test_the_likeliest_of_two_proposals_for_a_pair_counts(stock, link):
    a, b = stock.record(), stock.record()
    counts = link((a, b, 5.0, 0.5), (b, a, 8.0, 0.8), (a, b, 3.0, 0.3))
    assert counts.proposed == counts.new == 1
    assert Candidate.objects.get().probability == 0.8


def test_unknown_record_is_refused_without_values(stock, link):
    a = stock.record()
    run = runs.start("link", {})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(RegistryError, match="ForeignKeyViolation"):
        candidates.store(run, [NewCandidate(a.pk, 987654321, 1.0, 0.5, "plain", WHY)])


def test_export_gives_keys_and_scores_likeliest_first(stock, link):
    a, b = stock.record(key="Ж-1"), stock.record(key="2", batch=stock.batch("cards"))
    c = stock.record(key="3", batch=stock.batch("cards"))
    link((a, b, 4.0, 0.4), (a, c, 9.5, 0.95))
    assert list(candidates.export_rows()) == [
        ("family_reports", "Ж-1", "cards", "3", 9.5, 0.95, "plain"),
        ("family_reports", "Ж-1", "cards", "2", 4.0, 0.4, "plain"),
    ]
    assert len(list(candidates.export_rows(0.5))) == 1


def versions(stock, key, count, batch):
    """Make as many versions of one row, the last of them current."""
    return [stock.record(key=key, version=n, is_current=n == count, batch=batch) for n in range(1, count + 1)]


def test_export_gives_each_pair_of_keys_once(stock):
    ours, theirs = stock.batch(), stock.batch("cards")
    a1, a2 = versions(stock, "A", 2, ours)
    b1, b2, b3 = versions(stock, "B", 3, theirs)
    c1, c2 = versions(stock, "C", 2, ours)
    stock.judge(stock.candidate(a1, b1, probability=0.99), "same", "same")
    stock.candidate(b3, a2, probability=0.6)  # current, the other way round
    stock.judge(stock.candidate(a2, b2, probability=0.8), "different", "different")  # newer than the current pair
    stock.judge(stock.candidate(c1, b1, probability=0.3), "different", "different")
    stock.judge(stock.candidate(c1, b2, probability=0.2), "different", "different")
    stock.candidate(c2, a1, probability=0.9, status="superseded")
    expected = [("cards", "B", "family_reports", "A", 0.6), ("family_reports", "C", "cards", "B", 0.2)]
    assert [(*row[:4], row[5]) for row in candidates.export_rows()] == expected
    assert [row[5] for row in candidates.export_rows(0.5)] == [0.6]
    assert list(candidates.export_rows(0.7)) == []


def test_a_run_that_began_before_a_correction_proposes_nothing_for_the_old_version(stock, link):
    old, new = versions(stock, "A", 2, stock.batch())
    other = stock.record()
    counts = link((old, other, 9.0, 0.9), (new, other, 8.0, 0.8), (other, old, 7.0, 0.7))
    assert (counts.proposed, counts.new, counts.unchanged, counts.superseded) == (2, 1, 0, 1)
    assert Candidate.objects.get().left_id == new.pk


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_read_from_its_index(stock):
    """With 200,000 open candidates the next one comes from an index, and in milliseconds."""
    run = runs.start("link", {})
    batch = stock.batch()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_record"
            " (source_id, batch_id, evidence_id, key, version, is_current, locator, language, fingerprint, sealed)"
            " SELECT %s, %s, %s, n::text, 1, true, '{\"row\": 1}', '', '', 'x'"
            " FROM generate_series(1, 1000) n RETURNING id",
            [batch.source_id, batch.pk, batch.evidence_id],
        )
        ids = [identifier for (identifier,) in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO registry_candidate"
            " (left_id, right_id, run_id, weight, probability, scenario, status)"
            " SELECT %s + i, %s + 400 + j, %s, 1, random(), 'plain',"
            " (ARRAY['open', 'open', 'open', 'second', 'disputed'])[1 + (random() * 4)::int]"
            " FROM generate_series(0, 399) i, generate_series(0, 499) j",
            [ids[0], ids[0], run.pk],
        )
        cursor.execute("ANALYZE registry_candidate")
        user = stock.user("lead")
        plans = [
            (statements.ordinary, "candidate_queued", 0.01),
            (statements.ordinary, "candidate_", 1.0),
            (statements.unlikely_second, "candidate_second", 0.01),
            (statements.unlikely_second, "candidate_second", 0.0),
            (statements.disputed, "candidate_disputed", 0.01),
            (statements.escalated, "candidate_escalated", 0.01),
        ]
        for queue, index, review_from in plans:
            statement = queue(EVERYTHING, statements.for_user()) + statements.LOCKED
            values = statements.parameters(user, EVERYTHING, timezone.now()) | {"review_from": review_from}
            cursor.execute(EXPLAIN + statement, values)
            (plan,) = cursor.fetchone()
            text = plan if isinstance(plan, str) else json.dumps(plan)
            assert index in text
            assert '"Sort"' not in text or review_from == 1.0  # nothing is that probable: there is nothing to sort
            assert "Seq Scan on registry_candidate" not in text
            assert (json.loads(text) if isinstance(plan, str) else plan)[0]["Execution Time"] < 100
        cursor.execute(EXPLAIN + candidates.OPEN_WEIGHTS, {"records": ids[:20]})
        (plan,) = cursor.fetchone()
        assert "Seq Scan on registry_candidate" not in str(plan) and '"Seq Scan", ' not in str(plan)
        assert "registry_candidate_left" in str(plan) and "registry_candidate_right" in str(plan)
        cursor.execute("VACUUM ANALYZE registry_candidate")
        nowhere = QueueFilter(scenario="there is no such scenario")
        looked_for = statements.filtered(nowhere, statements.for_user()) + statements.LOCKED
        cursor.execute(EXPLAIN + looked_for, statements.parameters(user, nowhere, timezone.now()))
        (plan,) = cursor.fetchone()
        assert "candidate_queued" in str(plan) and "Seq Scan on registry_candidate" not in str(plan)
        cursor.execute(EXPLAIN + statements.COUNT_UP_TO, {"review_from": 0.9, "limit": 10_000})
        (plan,) = cursor.fetchone()
        assert "Seq Scan" not in str(plan) and "candidate_queued" in str(plan)
        assert '"Index Only Scan"' in (plan if isinstance(plan, str) else json.dumps(plan))
    taken = assignment.take_next(user)
    best = Candidate.objects.filter(status="disputed").order_by("-probability", "id").first()
    assert taken.pk == best.pk
