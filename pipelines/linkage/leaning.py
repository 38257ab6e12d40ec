"""Verified pairs that leaned on a pair which people have refused since: a run opens them again, and tells.

Nothing is taken apart by it. The earlier verdicts stay on file and no longer count, the identity stands, and people who
have not judged the pair look at it without the bits that are gone.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from registry import audit
from registry.models import Candidate, CandidateStatus, Reopening, Review
from registry.models.identity import SUPPORT_REFUSED

LEAST_BITS = 3.0
"""What a supporter must have said for the pair to lean on it: a factor of eight, as between two near rivals."""

LEANING = """
SELECT DISTINCT ON (c.id) c.id, refused.id
FROM registry_candidate refused
JOIN registry_support s ON (s.by_left_id, s.by_right_id) IN (
    (refused.left_id, refused.right_id), (refused.right_id, refused.left_id))
JOIN registry_candidate c ON c.id = s.candidate_id
WHERE refused.status = 'rejected' AND c.status = 'verified' AND s.bits >= %s AND c.id <> refused.id
  AND NOT EXISTS (SELECT 1 FROM registry_pendingunion p WHERE p.candidate_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM registry_golditem g WHERE g.candidate_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM registry_candidate newer WHERE newer.reopens_id = c.id)
  -- Whoever has judged the pair since the supporter was refused knew it.
  AND (SELECT max(v.id) FROM registry_review v WHERE v.candidate_id = c.id)
      < (SELECT max(v.id) FROM registry_review v WHERE v.candidate_id = refused.id)
ORDER BY c.id, refused.id
"""


def reopen() -> list[int]:
    """Open the verified pairs again whose support was refused since, and return their numbers.

    Each is opened in the name of who refused its supporter last; the log names the supporter.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LEANING, [LEAST_BITS])
        found = dict(cursor.fetchall())
        for number, supporter in found.items():
            _reopen(number, supporter)
    return sorted(found)


def _reopen(number: int, supporter: int) -> None:
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=number)
    last = Review.objects.filter(candidate=candidate).aggregate(last=Max("pk"))["last"] or 0
    refuser = Review.objects.filter(candidate_id=supporter, verdict="different").latest("pk").reviewer
    Reopening.objects.create(
        candidate=candidate, after_review=last, by=refuser, reason=SUPPORT_REFUSED, at=timezone.now()
    )
    candidate.status, candidate.escalated = CandidateStatus.OPEN, False
    candidate.reserved_by, candidate.reserved_until = None, None
    candidate.save(update_fields=["status", "escalated", "reserved_by", "reserved_until"])
    facts = {"reason": SUPPORT_REFUSED, "supporter": supporter}
    audit.append(str(refuser.pk), "candidate.reopened", "candidate", str(number), facts)
