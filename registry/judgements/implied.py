"""Pairs whose answer follows from others: they are asked of nobody, and asked again once it follows no more.

A pair of two rows of one identity is one child; a pair across two people's *different* is not. What somebody said
otherwise, what a source has corrected since, and what was opened again is asked all the same; a correction of nothing
but contact or consent is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from registry.judgements import log, rows
from registry.judgements.log import Standing
from registry.models import Candidate, CandidateStatus, IdentityMember, Judgement, Says
from registry.models.review import standing

# Pairs in somebody's hands are left alone: to wait for them while identities are locked could wait for ever.
WAITING = """
SELECT c.id, c.left_id, c.right_id, c.status FROM registry_candidate c
WHERE c.id IN (SELECT id FROM registry_candidate WHERE left_id = ANY(%(records)s)
               UNION ALL SELECT id FROM registry_candidate WHERE right_id = ANY(%(records)s))
  AND c.status IN ('open', 'second', 'implied') AND (c.reserved_until IS NULL OR c.reserved_until < now())
  AND NOT EXISTS (SELECT 1 FROM registry_standingreview r
                  WHERE r.candidate_id = c.id AND r.verdict NOT IN ('same', 'twice'))
  AND NOT EXISTS (SELECT 1 FROM registry_reopening o WHERE o.candidate_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM registry_golditem g WHERE g.candidate_id = c.id)
FOR NO KEY UPDATE OF c SKIP LOCKED
"""

RECORDS = """
SELECT r.id FROM registry_record f JOIN registry_record r ON r.source_id = f.source_id AND r.key = f.key
WHERE f.id = ANY(%s)
"""

# Of some rows and of those that stand with them.
RECORDS_AROUND = """
WITH wanted AS (
    SELECT unnest(%(rows)s::bigint[]) AS id UNION
    SELECT o.row_id FROM registry_identitymember m JOIN registry_identitymember o ON o.identity_id = m.identity_id
    WHERE m.row_id = ANY(%(rows)s)
)
SELECT r.id FROM wanted w JOIN registry_record f ON f.id = w.id
JOIN registry_record r ON r.source_id = f.source_id AND r.key = f.key
"""

BACK = """
UPDATE registry_candidate c SET status = CASE WHEN EXISTS (
    SELECT 1 FROM registry_standingreview r WHERE r.candidate_id = c.id) THEN 'second' ELSE 'open' END
WHERE c.id = ANY(%s)
"""


def refresh(touched: Iterable[int]) -> None:
    """Look at all waiting pairs of some rows and of those that stand with them; part of a locked transaction."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDS_AROUND, {"rows": sorted(set(touched))})
        records = [record for (record,) in cursor.fetchall()]
        cursor.execute(WAITING, {"records": records})
        pairs = cursor.fetchall()
    if not pairs:
        return
    follows = _following(pairs)
    implied = [number for number, *_, status in pairs if number in follows and status != CandidateStatus.IMPLIED]
    asked = [number for number, *_, status in pairs if number not in follows and status == CandidateStatus.IMPLIED]
    Candidate.objects.filter(pk__in=implied).update(
        status=CandidateStatus.IMPLIED, reserved_by=None, reserved_until=None
    )
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(BACK, [asked])


def _following(pairs: list[tuple[int, int, int, str]]) -> set[int]:
    """Return the pairs whose answer follows from what stands."""
    records = {record for _, left, right, _ in pairs for record in (left, right)}
    row = rows.of_records(records)
    holding = IdentityMember.objects.filter(identity__members__row_id__in=row.values())
    members = list(holding.values_list("row_id", "identity_id", "record_id"))
    of = {number: identity for number, identity, _ in members}
    verified = {record for number, _, record in members if number in row.values()}
    if changed := records - verified:
        verified |= rows.saying_the_same(verified, changed)
    different = log.among({*row.values(), *of}, Says.DIFFERENT)
    apart = {frozenset((of.get(one.left, one.left), of.get(one.right, one.right))) for one in different}
    corrected = _corrected_since(different, row) if apart else set()
    judged = standing().filter(candidate_id__in=[number for number, *_ in pairs])
    said_same = set(judged.values_list("candidate_id", flat=True))
    follows = set()
    for number, left, right, _ in pairs:
        sides = [of.get(row[record], row[record]) for record in (left, right)]
        one_child = sides[0] == sides[1] and left in verified and right in verified
        two_children = sides[0] != sides[1] and frozenset(sides) in apart and number not in said_same
        two_children = two_children and not {left, right} & corrected
        if one_child or two_children:
            follows.add(number)
    return follows


def _corrected_since(different: Sequence[Standing], row: Mapping[int, int]) -> set[int]:
    """Return the records that are newer than those of their rows that people held for two children."""
    pairs = {(one.left, one.right) for one in different}
    judged = Judgement.objects.filter(
        says=Says.DIFFERENT, left_id__in={left for left, _ in pairs}, right_id__in={right for _, right in pairs},
        candidate__isnull=False,
    )  # fmt: skip
    found = judged.values_list("left_id", "right_id", "candidate__left_id", "candidate__right_id")
    records = {record for left, right, *both in found if (left, right) in pairs for record in both}
    newest: dict[int, int] = {}
    for record, number in rows.of_records(records).items():
        newest[number] = max(record, newest.get(number, 0))
    newer = {record for record, number in row.items() if record > newest.get(number, record)}
    return newer - (rows.saying_the_same(newest.values(), newer) if newer else set())
