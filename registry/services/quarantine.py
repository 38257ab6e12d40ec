"""Quarantine: rows that could not become records, by where they stand and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.models import QuarantinedRow


@dataclass(frozen=True)
class QuarantineView:
    """One quarantined row without its content."""

    source: str
    evidence_sha256: str
    locator: dict[str, Any]
    reason_code: str
    reason: str


def page(source_slug: str | None, limit: int) -> tuple[list[QuarantineView], int]:
    """Return the oldest unresolved rows, of one source or of all, and how many there are."""
    rows = QuarantinedRow.objects.filter(resolved_at=None)
    if source_slug is not None:
        rows = rows.filter(batch__source__slug=source_slug)
    found = rows.order_by("id").select_related("batch__source", "batch__evidence").defer("payload")[:limit]
    shown = [
        QuarantineView(row.batch.source.slug, row.batch.evidence.sha256, row.locator, row.reason_code, row.reason)
        for row in found
    ]
    return shown, rows.count()
