"""Quarantine: rows that could not become records, by where they stand and why, and the ways out of it.

A row leaves quarantine once: as a record (its values corrected by hand, or read by a changed description), or declared
to be no data. The row stays as it was delivered, and a correction says who did what and why; the database moves the
counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from registry import audit, storable
from registry.errors import RegistryError, without_payload
from registry.evidence.custody import Actor
from registry.ingestion import batches, erased_rows
from registry.ingestion.rows import NewRecord
from registry.judgements import follow
from registry.models import Batch, Correction, CorrectionKind, QuarantinedRow, Record
from registry.sealing import sealed_rows
from sources.locator import Locator

REASON_LENGTH = 500


@dataclass(frozen=True)
class QuarantineView:
    """One quarantined row without its content.

    `file` is the name of the delivered file, '' when unknown; it may hold a name, so it is for the data team only and
    never for a log. `outcome` is what it became, '' while it waits.
    """

    source: str
    evidence_sha256: str
    locator: Locator
    reason_code: str
    reason: str
    file: str = ""
    id: int = 0
    batch_id: int = 0
    outcome: str = ""


@dataclass(frozen=True)
class RowView:
    """One quarantined row with its content, and what was done with it."""

    row: QuarantineView
    key: str
    written: dict[str, Any]
    kind: str
    by: str
    at: datetime | None
    why: str
    record_id: int | None


@dataclass(frozen=True)
class Taken:
    """What a re-reading took out of quarantine, by outcome, and how many rows still wait."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    non_data: int = 0
    waiting: int = 0


def page(
    source_slug: str | None,
    limit: int,
    *,
    reason_code: str | None = None,
    batch_id: int | None = None,
    resolved: bool = False,
) -> tuple[list[QuarantineView], int]:
    """Return the oldest rows that wait (or those that have left), and how many there are.

    Args:
        source_slug: Of this source only.
        limit: At most so many.
        reason_code: With this reason only.
        batch_id: Of this batch only.
        resolved: Rows that have left quarantine instead of those that wait.
    """
    rows = QuarantinedRow.objects.filter(resolved_at__isnull=not resolved)
    filters = {"batch__source__slug": source_slug, "reason_code": reason_code, "batch_id": batch_id}
    rows = rows.filter(**{name: value for name, value in filters.items() if value is not None})
    return [_view(row) for row in _loaded(rows).order_by("id")[:limit]], rows.count()


def reasons(source_slug: str | None = None) -> list[tuple[str, int, str, int]]:
    """Return source, batch, reason code and count of the rows that wait, most frequent first."""
    rows = QuarantinedRow.objects.filter(resolved_at=None)
    if source_slug is not None:
        rows = rows.filter(batch__source__slug=source_slug)
    counted = rows.values_list("batch__source__slug", "batch_id", "reason_code").annotate(n=Count("id"))
    return [(slug, batch, code, n) for slug, batch, code, n in counted.order_by("-n", "batch_id", "reason_code")]


def get(row_id: int) -> RowView:
    """Return one row with its content: for the data team, who must look at it to mend it.

    Raises:
        RegistryError: There is no such row.
    """
    row = _loaded(QuarantinedRow.objects.filter(pk=row_id)).first()
    if row is None:
        raise RegistryError(f"There is no quarantined row {row_id}", "", "`ridni quarantine list` shows their numbers")
    made = Correction.objects.filter(row=row).first()
    return RowView(
        _view(row),
        row.key,
        dict(row.payload.get("written", {})),
        made.kind if made else "",
        made.actor if made else "",
        made.at if made else None,
        made.reason if made else "",
        made.record_id if made else None,
    )


def fix(row_id: int, record: NewRecord, actor: Actor, reason: str) -> tuple[str, int]:
    """Let a row become a record with the values that a person put in; returns the outcome and the record's id.

    Args:
        row_id: The row.
        record: The values; `corrected` names the fields that are not as delivered. Its locator is that of the row.
        actor: Who corrects. An account never judges the record later on.
        reason: Why these are the right values.

    Raises:
        RegistryError: The row has left quarantine, or another row of its list has the same key.
    """
    with without_payload("Correcting a row", RegistryError), transaction.atomic():
        row = _locked(row_id)
        if row.reason_code == erased_rows.ERASED:
            raise RegistryError("This row was erased, and is not kept again", f"quarantined row {row_id}")
        batch = Batch.objects.select_related("source", "evidence").get(pk=row.batch_id)
        entered_by = actor.user.pk if actor.user and record.corrected else None
        taken = batches.extend_batch(batch, [(row.pk, record)], entered_by)
        if not taken:
            raise RegistryError(
                "Another row of this list has the same key",
                f"quarantined row {row_id}",
                "Give the row a key of its own",
            )
        _leave(taken, Correction(kind=CorrectionKind.BY_HAND, fields=sorted(record.corrected)), actor, reason)
        follow.delivery(batch.pk)
        _, outcome, record_id = taken[0]
        audit.append(
            str(actor.user.pk) if actor.user else actor.name,
            "quarantine.fixed",
            "quarantined_row",
            str(row_id),
            {"record": record_id, "outcome": outcome, "fields": sorted(record.corrected)},
        )
    return outcome, record_id


def release(row_id: int, actor: Actor, reason: str) -> None:
    """Declare a row to be no data (a footer, a test entry): it leaves quarantine without a record, and stays on file.

    Raises:
        RegistryError: The row has left quarantine already.
    """
    with without_payload("Releasing a row", RegistryError), transaction.atomic():
        row = _locked(row_id)
        _declare_no_data([row.pk], actor, reason, "")
        follow.delivery(row.batch_id)
        who = str(actor.user.pk) if actor.user else actor.name
        audit.append(who, "quarantine.released", "quarantined_row", str(row_id), {"batch": row.batch_id})


def waiting(batch: Batch) -> list[tuple[int, Locator]]:
    """Return id and locator of the rows of a batch that wait."""
    rows = QuarantinedRow.objects.filter(batch=batch, resolved_at=None).order_by("id")
    return [(row_id, Locator.from_json(stored)) for row_id, stored in rows.values_list("id", "locator")]


def take_again(
    batch: Batch,
    rows: Iterable[tuple[int, NewRecord]],
    no_data: Sequence[int],
    actor: Actor,
    reason: str,
    config_sha256: str,
) -> Taken:
    """Take rows of a batch out of quarantine that a changed description can read; nothing else is touched.

    Args:
        batch: The stored batch.
        rows: Each with the id of the quarantined row it was read from; several records may come from one row.
        no_data: Ids of rows that the description declares to be no data; read after `rows`.
        actor: Who has them read again.
        reason: What was changed in the description.
        config_sha256: The description.
    """
    with without_payload("Reading quarantined rows again", RegistryError), transaction.atomic():
        Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        open_rows = set(QuarantinedRow.objects.filter(batch=batch, resolved_at=None).values_list("id", flat=True))
        taken = batches.extend_batch(batch, (pair for pair in rows if pair[0] in open_rows))
        correction = Correction(kind=CorrectionKind.BY_DESCRIPTION, config_sha256=config_sha256)
        first = {row_id: (row_id, outcome, record) for row_id, outcome, record in reversed(taken)}
        more = Counter(outcome for row_id, outcome, record in taken if first[row_id][2] != record)
        if more:
            figures = {f"records_{outcome}": F(f"records_{outcome}") + count for outcome, count in more.items()}
            Batch.objects.filter(pk=batch.pk).update(rows_read=F("rows_read") + more.total(), **figures)
        _leave(list(first.values()), correction, actor, reason)
        left = [row_id for row_id in no_data if row_id in open_rows and row_id not in first]
        _declare_no_data(left, actor, reason, config_sha256)
        follow.delivery(batch.pk)
        outcomes = Counter(outcome for _, outcome, _ in taken)
        remaining = len(open_rows) - len(first) - len(left)
        result = Taken(outcomes["new"], outcomes["changed"], outcomes["unchanged"], len(left), remaining)
        if first or left:
            facts = {"config_sha256": config_sha256, "records": len(taken), "no_data": len(left), "waiting": remaining}
            who = str(actor.user.pk) if actor.user else actor.name
            audit.append(who, "quarantine.read_again", "batch", str(batch.pk), facts)
    return result


def batches_waiting(source_slug: str) -> list[Batch]:
    """Return the batches of a source with rows that wait, in the order of their arrival."""
    found = Batch.objects.filter(source__slug=source_slug, quarantined__gt=0)
    return list(found.select_related("source", "evidence").order_by("id"))


def corrections_of(record: Record) -> list[Correction]:
    """Return the corrections that led to a record."""
    return list(Correction.objects.filter(record_id=record.pk).order_by("id"))


LEAVE = """
UPDATE registry_quarantinedrow q SET resolved_at = now(), outcome = t.outcome
FROM unnest(%s::bigint[], %s::text[]) AS t(id, outcome)
WHERE q.id = t.id AND q.resolved_at IS NULL
"""


def _leave(taken: Sequence[tuple[int, str, int]], correction: Correction, actor: Actor, reason: str) -> None:
    if not taken:
        return
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, [[row for row, _, _ in taken], [outcome for _, outcome, _ in taken]])
    _correct(((row, record) for row, _, record in taken), correction, actor, reason)


def _declare_no_data(rows: Sequence[int], actor: Actor, reason: str, config_sha256: str) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, [list(rows), ["non_data"] * len(rows)])
    correction = Correction(kind=CorrectionKind.NO_DATA, config_sha256=config_sha256)
    _correct(((row, None) for row in rows), correction, actor, reason)


def _correct(rows: Iterable[tuple[int, int | None]], correction: Correction, actor: Actor, reason: str) -> None:
    why = " ".join(storable.text(reason).split())[:REASON_LENGTH]
    if not why:
        raise RegistryError("A correction needs a reason", "", "Say why, without naming the child")
    now = timezone.now()
    words: dict[str, Any] = {"reason": why}  # sealed
    sealed_rows.store(
        [
            Correction(
                row_id=row,
                record_id=record,
                kind=correction.kind,
                fields=correction.fields,
                config_sha256=correction.config_sha256,
                actor=storable.text(actor.words)[:200],
                user=actor.user,
                at=now,
                **words,
            )
            for row, record in rows
        ]
    )


def _locked(row_id: int) -> QuarantinedRow:
    row = QuarantinedRow.objects.select_for_update().filter(pk=row_id).first()
    if row is None or row.resolved_at is not None:
        state = "has left quarantine already" if row else "is unknown"
        raise RegistryError(f"Quarantined row {row_id} {state}", "", "`ridni quarantine list` shows those that wait")
    return row


def _loaded(rows: QuerySet[QuarantinedRow]) -> QuerySet[QuarantinedRow]:
    return rows.select_related("batch__source", "batch__evidence")


def _view(row: QuarantinedRow) -> QuarantineView:
    return QuarantineView(
        row.batch.source.slug,
        row.batch.evidence.sha256,
        Locator.from_json(row.locator),
        row.reason_code,
        row.reason,
        row.payload.get("file", ""),
        row.pk,
        row.batch_id,
        row.outcome,
    )
