"""Quarantine: rows that could not become records, by where they stand and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.models import QuarantinedRow


@dataclass(frozen=True)
class QuarantineView:
    """One quarantined row without its content.

    `file` is the name of the delivered file, '' when unknown; it may hold a name, so it is for the data team only and
    never for a log.
    """

    source: str
    evidence_sha256: str
    locator: dict[str, Any]
    reason_code: str
    reason: str
    file: str = ""


def page(source_slug: str | None, limit: int) -> tuple[list[QuarantineView], int]:
    """Return the oldest unresolved rows, of one source or of all, and how many there are."""
    rows = QuarantinedRow.objects.filter(resolved_at=None)
    if source_slug is not None:
        rows = rows.filter(batch__source__slug=source_slug)
    found = rows.order_by("id").values_list(
        "batch__source__slug", "batch__evidence__sha256", "locator", "reason_code", "reason", "payload__file"
    )
    shown = [
        QuarantineView(slug, sha256, locator, code, reason, file or "")
        for slug, sha256, locator, code, reason, file in found[:limit]
    ]
    return shown, rows.count()
