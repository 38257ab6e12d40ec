"""Storing a batch: the records and the quarantined rows of one piece of evidence, all of them or none.

The rows are copied into a staging table that lives as long as the transaction, and compared with the registry by set
operations: a row costs the same whether the list has ten rows or a million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registry import audit
from registry.errors import IngestError, without_payload
from registry.evidence import custody
from registry.evidence.custody import CollectionFacts
from registry.ingestion import collisions, erased_rows, merge, staging
from registry.ingestion.row_columns import RowColumns
from registry.ingestion.rows import NewQuarantine, NewRecord
from registry.models import Batch, CustodyAct, Evidence, Source


@dataclass(frozen=True)
class Delivery:
    """What a list says of itself.

    Attributes:
        complete: Whether it is the complete list, so that rows it does not hold have vanished.
        as_of: The day for which the whole list speaks.
        dated_by_rows: Take the newest `observed_on` of its rows for that day.
        config_sha256: Hash of the description by which it is read.
    """

    complete: bool = False
    as_of: date | None = None
    dated_by_rows: bool = False
    config_sha256: str = ""


@dataclass(frozen=True)
class BatchCounts:
    """What became of the rows; `repeated` when the batch was known already and nothing was changed.

    `vanished` counts the known rows that this snapshot no longer holds; `late` tells that a newer delivery came before.
    """

    batch_id: int
    rows_read: int
    records_new: int
    records_changed: int
    records_unchanged: int
    quarantined: int
    non_data: int
    repeated: bool = False
    vanished: int = 0
    late: bool = False


def ingest_batch(
    source: Source,
    evidence_sha256: str,
    collected: CollectionFacts,
    rows: Iterable[NewRecord | NewQuarantine | RowColumns],
    non_data: int | Callable[[], int] = 0,
    delivery: Delivery = Delivery(),
) -> BatchCounts:
    """Store a batch in one transaction.

    A record whose key is known with the same written values is unchanged; with other values it becomes the key's new
    version, and undecided candidates of the old one are superseded. A delivery that comes after a newer one adds
    versions that never are current. A known row that a complete delivery does not hold is marked as vanished. What
    changed is kept as observations of change.

    A second row with one key in a batch goes to quarantine (`duplicate_key`), as do rows whose key is empty (`no_key`)
    or longer than 300 characters (`key_too_long`). The same evidence for the same source again returns the stored
    counts and does not read `rows`.

    Args:
        source: The registered source.
        evidence_sha256: The stored evidence the rows were read from.
        collected: Custody facts.
        rows: Records and quarantined rows, or their columns, in the order of the list; read once, as a stream.
        non_data: Rows declared to be no data (titles, footers), or a function that is asked once `rows` has ended.
        delivery: Whether the list is complete, and the day for which it speaks.

    Raises:
        IngestError: The evidence is not stored, its keys are those of other children, or the database refuses the rows;
            nothing is kept.
    """
    evidence = Evidence.objects.filter(sha256=evidence_sha256).first()
    if evidence is None:
        raise IngestError("The evidence of the batch is not in the store", evidence_sha256[:12], "Store the file first")
    with without_payload(f"Storing a batch of source {source.slug}", IngestError), transaction.atomic():
        Source.objects.select_for_update(no_key=True).get(pk=source.pk)  # one batch of a source at a time
        known = Batch.objects.filter(source=source, evidence=evidence).first()
        if known is not None:
            return counts_of(known, repeated=True)
        batch = Batch.objects.create(
            source=source,
            evidence=evidence,
            collected_at=collected.collected_at,
            legal_basis=collected.legal_basis or source.legal_basis,
            handling_code=collected.handling_code or source.handling_code,
            config_sha256=delivery.config_sha256 or source.config_sha256,
            complete=delivery.complete,
            started_at=timezone.now(),
            **_words_of(collected),
        )
        staged = staging.stage(rows, file=collected.file_name)
        erased_rows.refuse(source, staged)
        collisions.refuse(batch, staged)
        batch.rows_read = staged.count()
        batch.as_of = delivery.as_of or (staged.newest_day() if delivery.dated_by_rows else None)
        settled = merge.settle(batch, staged)
        batch.late = settled.late
        batch.quarantined = settled.quarantined
        batch.records_new, batch.records_changed = settled.new, settled.changed
        batch.records_unchanged, batch.vanished = settled.unchanged, settled.vanished
        batch.non_data = non_data() if callable(non_data) else non_data
        batch.rows_read += batch.non_data
        batch.finished_at = timezone.now()
        batch.save()
        counts = counts_of(batch)
        _log(batch, counts, collected, settled.superseded)
    return counts


def extend_batch(
    batch: Batch, rows: Iterable[tuple[int, NewRecord]], entered_by: int | None = None
) -> list[tuple[int, str, int]]:
    """Add rows of a stored batch that were quarantined in it; part of the caller's transaction.

    They are held against the registry as if they had come with the batch. A row whose key another row of the batch has
    stays where it is.

    Args:
        batch: The stored batch.
        rows: Each with the id of the quarantined row it stands in for.
        entered_by: Id of the account of the person who put values in.

    Returns:
        For each row that was taken: the id of the quarantined row, what it became (`new`, `changed`, `unchanged`) and
        the id of the record.
    """
    Source.objects.select_for_update(no_key=True).get(pk=batch.source_id)
    staged = staging.stage(rows, entered_by=entered_by)
    erased_rows.refuse(batch.source, staged)
    staged.drop_known_keys(batch.pk)
    return merge.settle(batch, staged, whole=False).outcomes


def add_row(batch: Batch, row: NewRecord, entered_by: int | None) -> int:
    """Add one row that a person read in the batch's evidence; part of the caller's transaction.

    Returns the id of its record.
    """
    Source.objects.select_for_update(no_key=True).get(pk=batch.source_id)
    Batch.objects.filter(pk=batch.pk).update(rows_read=F("rows_read") + 1, records_new=F("records_new") + 1)
    staged = staging.stage([(0, row)], entered_by=entered_by)
    erased_rows.require_none(batch.source, staged)
    (outcome,) = merge.settle(batch, staged, whole=False).outcomes
    return outcome[2]


def counts_of(batch: Batch, *, repeated: bool = False) -> BatchCounts:
    """Return what became of the rows of a stored batch."""
    return BatchCounts(
        batch.pk,
        batch.rows_read,
        batch.records_new,
        batch.records_changed,
        batch.records_unchanged,
        batch.quarantined,
        batch.non_data,
        repeated,
        batch.vanished,
        batch.late,
    )


def _words_of(collected: CollectionFacts) -> dict[str, Any]:
    """Return what is sealed of a batch: who collected it, how and from where."""
    return {name: getattr(collected, name) for name in ("collected_by", "collected_how", "collected_from")}


def _log(batch: Batch, counts: BatchCounts, collected: CollectionFacts, superseded: int) -> None:
    evidence, source = batch.evidence, batch.source
    custody.acquired(evidence, source, collected)
    figures = {"rows": counts.rows_read, "new": counts.records_new, "changed": counts.records_changed}
    figures |= {"quarantined": counts.quarantined, "vanished": counts.vanished}
    read_by = {"config_sha256": batch.config_sha256, **figures}
    actor = custody.Actor.operator()
    custody.log(CustodyAct.PARSE, evidence, actor, read_by, source=source, batch=batch)
    facts = {"source": source.slug, "evidence": evidence.sha256, **figures, "candidates_superseded": superseded}
    audit.append("system", "batch.ingested", "batch", str(batch.pk), facts)
