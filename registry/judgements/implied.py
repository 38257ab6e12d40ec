"""Pairs whose answer follows from others: they are asked of nobody, and asked again once it follows no more.

A pair of two rows of one identity is one child; a pair across two people's *different* is not. What somebody said
otherwise, what a source has corrected since, and what was opened again is asked all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from registry.judgements import log, rows
from registry.models import Candidate, CandidateStatus, IdentityMember, Says
from registry.models.review import standing

# Pairs in somebody's hands are left alone: to wait for them while identities are locked could wait for ever.
WAITING = """
SELECT c.id FROM registry_candidate c
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

BACK = """
UPDATE registry_candidate c SET status = CASE WHEN EXISTS (
    SELECT 1 FROM registry_standingreview r WHERE r.candidate_id = c.id) THEN 'second' ELSE 'open' END
WHERE c.id = ANY(%s)
"""


def refresh(touched: Iterable[int]) -> None:
    """Look at all waiting pairs of some rows and of those that stand with them; part of a locked transaction."""
    wanted = set(touched)
    held = IdentityMember.objects.filter(identity__members__row_id__in=wanted)
    wanted |= set(held.values_list("row_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, [sorted(wanted)])
        records = [record for (record,) in cursor.fetchall()]
        cursor.execute(WAITING, {"records": records})
        numbers = [number for (number,) in cursor.fetchall()]
    pairs = list(Candidate.objects.filter(pk__in=numbers).values_list("pk", "left_id", "right_id", "status"))
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
    of = dict(holding.values_list("row_id", "identity_id"))
    verified = set(IdentityMember.objects.filter(record_id__in=records).values_list("record_id", flat=True))
    different = log.among({*row.values(), *of}, Says.DIFFERENT)
    apart = {frozenset((of.get(one.left, one.left), of.get(one.right, one.right))) for one in different}
    judged = standing().filter(candidate_id__in=[number for number, *_ in pairs])
    said_same = set(judged.values_list("candidate_id", flat=True))
    follows = set()
    for number, left, right, _ in pairs:
        sides = [of.get(row[record], row[record]) for record in (left, right)]
        one_child = sides[0] == sides[1] and left in verified and right in verified
        two_children = sides[0] != sides[1] and frozenset(sides) in apart and number not in said_same
        if one_child or two_children:
            follows.add(number)
    return follows
