"""What an erasure would take, counted by kind: nothing is named."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import connection
from django.db.models import Q

from keeping.erasure import bytes_of_rows, targets
from keeping.erasure.bytes_of_rows import Bytes
from registry.models import (
    Candidate,
    Delivery,
    Erasure,
    IdentityMember,
    Note,
    RecordGroup,
    Review,
    Scope,
    Tombstone,
)

WAITING = """
SELECT q.id FROM registry_quarantinedrow q JOIN registry_batch b ON b.id = q.batch_id
WHERE q.locator <> '{"place": "erased"}' AND (
    q.key <> '' AND EXISTS (SELECT 1 FROM registry_record r
                            WHERE r.id = ANY(%(gone)s) AND r.source_id = b.source_id AND r.key = q.key)
    OR EXISTS (SELECT 1 FROM registry_correction c WHERE c.row_id = q.id AND c.record_id = ANY(%(gone)s))
    OR %(source)s::bigint IS NOT NULL AND b.source_id = %(source)s)
"""


@dataclass(frozen=True)
class Plan:
    """Counts by kind.

    Attributes:
        rows, versions: Rows of lists, and the records that were stored of them.
        held: Rows that a hold keeps: while there are any, nothing is erased.
        destroyed: Pieces of evidence that hold nobody else, and go.
        redacted: Those that others stand in: a copy without the rows takes their place.
        lost: Those of which no copy can be made: they go, and with them the bytes of `others_lose` rows of others.
        quarantined: Rows that wait, or waited, in quarantine.
        documents: Testimonies and reports.
        pairs: Candidate pairs with their levels; `verdicts` on them stay, without what they were about.
        notes, groups: Notes of reviewers; places in groups of siblings and transfers.
        identities: Identities that lose a row or end; `receivers` of them are told.
    """

    rows: int
    versions: int
    held: int
    destroyed: int
    redacted: int
    lost: int
    others_lose: int
    quarantined: int
    documents: int
    pairs: int
    verdicts: int
    notes: int
    groups: int
    identities: int
    receivers: int

    def to_json(self) -> dict[str, int]:
        """Return it as it is stored."""
        return asdict(self)


@dataclass(frozen=True)
class Found:
    """All that an erasure is about, by ids."""

    rows: list[int]
    gone: list[int]
    waiting: list[int]
    papers: list[int]
    bytes: list[Bytes]


def found(erasure: Erasure) -> Found:
    """Look up what an erasure is about, as the registry stands now."""
    rows = targets.rows_of(erasure)
    gone = targets.versions(rows)
    buried = set(Tombstone.objects.filter(row_id__in=rows).values_list("row_id", flat=True))
    rows = [row for row in rows if row not in buried]  # what came again of a buried one may still wait in quarantine
    papers = targets.documents_about(erasure, gone)
    # All that waits goes with a source, but where only its term has ended: the rows that are young stay.
    whole = erasure.source_id if erasure.scope == Scope.SOURCE and erasure.asked_by_id is not None else None
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"gone": gone, "source": whole})
        waiting = [int(number) for (number,) in cursor.fetchall()]
    return Found(rows, gone, waiting, papers, bytes_of_rows.of_rows(gone, waiting, papers))


def of(erasure: Erasure) -> Plan:
    """Count what an erasure would take."""
    what = found(erasure)
    pairs = Candidate.objects.filter(Q(left_id__in=what.gone) | Q(right_id__in=what.gone))
    numbers = list(pairs.values_list("pk", flat=True))
    identities = set(IdentityMember.objects.filter(row_id__in=what.rows).values_list("identity_id", flat=True))
    received = Delivery.objects.filter(identity_id__in=identities)
    about = Q(review__candidate_id__in=numbers) | Q(escalation__candidate_id__in=numbers)
    about |= Q(reopening__candidate_id__in=numbers) | Q(contradiction__candidate_id__in=numbers)
    about |= Q(change__identity_id__in=identities)
    lost = [one for one in what.bytes if one.others and not one.may_copy]
    return Plan(
        rows=len(what.rows),
        versions=len(targets.versions(what.rows)),
        held=len(targets.held(what.rows)),
        destroyed=sum(not one.others for one in what.bytes),
        redacted=sum(one.may_copy for one in what.bytes),
        lost=len(lost),
        others_lose=sum(one.others for one in lost),
        quarantined=len(what.waiting),
        documents=len(what.papers),
        pairs=len(numbers),
        verdicts=Review.objects.filter(candidate_id__in=numbers).count(),
        notes=Note.objects.filter(about).count(),
        groups=RecordGroup.objects.filter(record_id__in=what.gone).count(),
        identities=len(identities),
        receivers=received.values("consumer_id").distinct().count(),
    )
