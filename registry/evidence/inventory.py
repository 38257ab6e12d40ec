"""What evidence there is: where it came from, on which terms, and how often it was opened."""

from __future__ import annotations

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
    held: list[Held] = []
    for evidence in found.order_by("-id")[:limit]:
        held += _of(evidence)
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


def _of(evidence: Evidence) -> list[Held]:
    entries = CustodyEntry.objects.filter(evidence=evidence)
    given_out = Count("id", filter=Q(act__in=(CustodyAct.OPEN, CustodyAct.EXPORT)))
    opened = entries.aggregate(opened=given_out)["opened"]
    acquired = entries.filter(act=CustodyAct.ACQUIRE).select_related("source").order_by("id")
    batches = {batch.source_id: batch for batch in Batch.objects.filter(evidence=evidence).select_related("source")}
    first: dict[int | None, CustodyEntry] = {}
    for entry in acquired:
        first.setdefault(entry.source_id, entry)
    held = []
    for source_id in dict.fromkeys([*first, *batches]):
        told, batch = first.get(source_id), batches.get(source_id or 0)
        facts = told.facts if told else {}
        source = told.source if told and told.source else batch.source if batch else None
        held.append(
            Held(
                evidence.sha256,
                evidence.size,
                source.slug if source else "",
                batch.rows_read if batch else 0,
                datetime.fromisoformat(facts["when"]) if "when" in facts else batch.collected_at if batch else None,
                facts.get("by") or (batch.collected_by if batch else ""),
                facts.get("from") or (batch.collected_from if batch else ""),
                facts.get("legal_basis") or (batch.legal_basis if batch else ""),
                facts.get("handling_code") or (batch.handling_code if batch else ""),
                int(opened),
            )
        )
    return held
