"""What evidence there is: where it came from, on which terms, and how often it was opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from registry.errors import EvidenceError
from registry.models import Batch, CustodyAct, CustodyEntry, Evidence


@dataclass(frozen=True)
class Held:
    """One piece of evidence, once for each source that got it; `collected_*` as first stated."""

    sha256: str
    size: int
    source: str
    rows: int
    collected_at: datetime | None
    collected_by: str
    collected_from: str
    legal_basis: str
    handling_code: str
    opened: int


def page(source_slug: str | None, limit: int) -> tuple[list[Held], int]:
    """Return the newest evidence, of one source or of all, and how many pieces there are."""
    found = Evidence.objects.all()
    if source_slug is not None:
        acquired = Q(custody__source__slug=source_slug, custody__act=CustodyAct.ACQUIRE)
        found = found.filter(acquired | Q(batches__source__slug=source_slug)).distinct()
    given_out = Count("custody", filter=Q(custody__act__in=(CustodyAct.OPEN, CustodyAct.EXPORT)), distinct=True)
    pieces = list(
        Evidence.objects.filter(pk__in=list(found.order_by("-pk").values_list("pk", flat=True)[:limit]))
        .annotate(opened=given_out)
        .order_by("-pk")
    )
    acts: dict[int, list[CustodyEntry]] = defaultdict(list)
    batches: dict[int, list[Batch]] = defaultdict(list)
    acquiring = CustodyEntry.objects.filter(evidence__in=pieces, act=CustodyAct.ACQUIRE)
    for entry in acquiring.select_related("source").order_by("pk"):
        acts[entry.evidence_id].append(entry)
    for batch in Batch.objects.filter(evidence__in=pieces).select_related("source").order_by("pk"):
        batches[batch.evidence_id].append(batch)
    held = [row for one in pieces for row in _of(one, acts[one.pk], batches[one.pk], one.opened)]
    return held, found.count()


def find(start: str) -> str:
    """Return the SHA-256 that begins so.

    Raises:
        EvidenceError: There is none, or more than one.
    """
    found = list(Evidence.objects.filter(sha256__startswith=start).values_list("sha256", flat=True)[:2])
    if len(found) != 1:
        raise EvidenceError("No evidence" if not found else "More than one piece of evidence", f"begins with {start}")
    return found[0]


def of_evidence(sha256: str) -> str:
    """Say in a few words what a piece of evidence is: its sources and batches."""
    batches = (
        Batch.objects.filter(evidence__sha256=sha256).order_by("id").values_list("source__slug", "id", "rows_read")
    )
    told = [f"{slug}, batch {number}, {rows} rows" for slug, number, rows in batches]
    return "; ".join(told) or "no list was read from it"


def _of(evidence: Evidence, acquired: Sequence[CustodyEntry], batches: Sequence[Batch], opened: int) -> Iterator[Held]:
    """Give a piece of evidence once for each source that acquired it or from which a batch was read."""
    first: dict[int | None, CustodyEntry] = {}
    for entry in acquired:
        first.setdefault(entry.source_id, entry)
    read = {batch.source_id: batch for batch in batches}
    for source_id in dict.fromkeys([*first, *read]):
        told, batch = first.get(source_id), read.get(source_id or 0)
        stated = _Stated.of(told, batch)
        yield Held(
            sha256=evidence.sha256,
            size=evidence.size,
            source=stated.source,
            rows=batch.rows_read if batch else 0,
            collected_at=stated.at,
            collected_by=stated.by,
            collected_from=stated.origin,
            legal_basis=stated.legal_basis,
            handling_code=stated.handling_code,
            opened=opened,
        )


@dataclass(frozen=True)
class _Stated:
    """What was stated of a collection; what custody does not know is taken from the batch."""

    source: str = ""
    at: datetime | None = None
    by: str = ""
    origin: str = ""
    legal_basis: str = ""
    handling_code: str = ""

    @classmethod
    def of(cls, told: CustodyEntry | None, batch: Batch | None) -> _Stated:
        of_batch = cls()
        if batch is not None:
            of_batch = cls(
                *(batch.source.slug, batch.collected_at, batch.collected_by, batch.collected_from),
                *(batch.legal_basis, batch.handling_code),
            )
        if told is None:
            return of_batch
        facts = told.facts
        return cls(
            told.source.slug if told.source else of_batch.source,
            datetime.fromisoformat(facts["when"]) if "when" in facts else of_batch.at,
            facts.get("by") or of_batch.by,
            facts.get("from") or of_batch.origin,
            facts.get("legal_basis") or of_batch.legal_basis,
            facts.get("handling_code") or of_batch.handling_code,
        )
