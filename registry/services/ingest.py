"""Storing a batch: the records and the quarantined rows of one piece of evidence, all of them or none.

The rows are copied into a staging table that lives as long as the transaction, and compared with the registry by set
operations: a row costs the same whether the list has ten rows or a million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from registry.errors import IngestError, without_payload
from registry.models import Batch, Evidence, Source
from registry.services import audit, candidates, storable

KEY_LENGTH = 300
REASON_LENGTH = 500


@dataclass(frozen=True)
class CollectionFacts:
    """Custody: who got the list, when, how and from where."""

    collected_by: str
    collected_at: datetime
    collected_how: str
    collected_from: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A row that became a record.

    Attributes:
        key: The source's own key of the row.
        observed_on: The date for which the row speaks.
        locator: Where in the evidence it stands; never empty.
        language: `uk`, `ru`, `en`, …, or '' when unknown.
        written: Field to value as written (a string, or a list of strings).
        values: Normalised values.
        romanised: Field to romanised form.
    """

    key: str
    observed_on: date | None
    locator: Mapping[str, Any]
    language: str
    written: Mapping[str, Any]
    values: Mapping[str, Any]
    romanised: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewQuarantine:
    """A row that could not become a record; `reason` never quotes the row.

    `file` is the name of the delivered file it stands in, if known. Names of files may hold names of people, so it is
    kept with the row's content only.
    """

    locator: Mapping[str, Any]
    reason_code: str
    reason: str
    written: Mapping[str, Any]
    file: str = ""


@dataclass(frozen=True)
class BatchCounts:
    """What became of the rows; `repeated` when the batch was known already and nothing was changed."""

    batch_id: int
    rows_read: int
    records_new: int
    records_changed: int
    records_unchanged: int
    quarantined: int
    non_data: int
    repeated: bool = False


def ingest_batch(
    source: Source,
    evidence_sha256: str,
    collected: CollectionFacts,
    rows: Iterable[NewRecord | NewQuarantine],
    non_data: int | Callable[[], int] = 0,
) -> BatchCounts:
    """Store a batch in one transaction.

    A record whose key is known with the same written values is unchanged; with other values it becomes the key's new
    version, and undecided candidates of the old one are superseded. A second row with one key in a batch goes to
    quarantine (`duplicate_key`), as do rows whose key is empty (`no_key`) or longer than 300 characters
    (`key_too_long`). The same evidence for the same source again returns the stored counts and does not read `rows`.

    Args:
        source: The registered source.
        evidence_sha256: The stored evidence the rows were read from.
        collected: Custody facts.
        rows: Records and quarantined rows in the order of the list; read once, as a stream.
        non_data: Rows declared to be no data (titles, footers), or a function that is asked once `rows` has ended.

    Raises:
        IngestError: The evidence is not stored, or the database refuses the rows; nothing is kept.
    """
    evidence = Evidence.objects.filter(sha256=evidence_sha256).first()
    if evidence is None:
        raise IngestError("The evidence of the batch is not in the store", evidence_sha256[:12], "Store the file first")
    with without_payload(f"Storing a batch of source {source.slug}", IngestError), transaction.atomic():
        Source.objects.select_for_update(no_key=True).get(pk=source.pk)  # one batch of a source at a time
        known = Batch.objects.filter(source=source, evidence=evidence).first()
        if known is not None:
            return _counts_of(known, repeated=True)
        batch = Batch.objects.create(
            source=source,
            evidence=evidence,
            collected_by=collected.collected_by,
            collected_at=collected.collected_at,
            collected_how=collected.collected_how,
            collected_from=collected.collected_from,
            started_at=timezone.now(),
        )
        _copy(rows)
        superseded = _settle(batch)
        batch.non_data = non_data() if callable(non_data) else non_data
        batch.rows_read += batch.non_data
        batch.finished_at = timezone.now()
        batch.save()
        counts = _counts_of(batch)
        facts = {"source": source.slug, "evidence": evidence_sha256, "new": counts.records_new}
        facts |= {"changed": counts.records_changed, "quarantined": counts.quarantined, "rows": counts.rows_read}
        facts |= {"candidates_superseded": superseded}
        audit.append("system", "batch.ingested", "batch", str(batch.pk), facts)
    return counts


STAGING = """
DROP TABLE IF EXISTS pg_temp.ingest_staging;
CREATE TEMP TABLE ingest_staging (
    ordinal bigint, key text, observed_on date, locator jsonb, language text, fingerprint text, payload jsonb,
    reason_code text, reason text
) ON COMMIT DROP
"""

SECOND_ROWS_OF_A_KEY = """
UPDATE ingest_staging s
SET reason_code = 'duplicate_key', reason = 'an earlier row of this list has the same key',
    payload = jsonb_build_object('written', s.payload -> 'written')
FROM (SELECT ordinal, row_number() OVER (PARTITION BY key ORDER BY ordinal) AS place FROM ingest_staging
      WHERE reason_code IS NULL) ranked
WHERE ranked.ordinal = s.ordinal AND ranked.place > 1
"""

QUARANTINE = """
INSERT INTO registry_quarantinedrow (batch_id, locator, reason_code, reason, payload)
SELECT %(batch)s, locator, reason_code, reason, payload
FROM ingest_staging WHERE reason_code IS NOT NULL ORDER BY ordinal
"""

RETIRE_CHANGED = """
UPDATE registry_record r SET is_current = false FROM ingest_staging s
WHERE s.reason_code IS NULL AND r.source_id = %(source)s AND r.key = s.key AND r.is_current
  AND r.fingerprint <> s.fingerprint
RETURNING r.id
"""

INSERT_NEW_AND_CHANGED = """
INSERT INTO registry_record
    (source_id, batch_id, evidence_id, key, version, is_current, observed_on, locator, language, fingerprint, payload)
SELECT %(source)s, %(batch)s, %(evidence)s, s.key,
       coalesce((SELECT max(r.version) FROM registry_record r WHERE r.source_id = %(source)s AND r.key = s.key), 0) + 1,
       true, s.observed_on, s.locator, s.language, s.fingerprint, s.payload
FROM ingest_staging s
WHERE s.reason_code IS NULL
  AND NOT EXISTS (SELECT 1 FROM registry_record r WHERE r.source_id = %(source)s AND r.key = s.key AND r.is_current)
ORDER BY s.ordinal
"""

COPY_STAGING = """
COPY ingest_staging (ordinal, key, observed_on, locator, language, fingerprint, payload, reason_code, reason) FROM STDIN
"""


def _copy(rows: Iterable[NewRecord | NewQuarantine]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy(COPY_STAGING) as copy:
            for staged in _staged(rows):
                copy.write_row(staged)
        cursor.execute("ANALYZE ingest_staging")


def _staged(rows: Iterable[NewRecord | NewQuarantine]) -> Iterator[tuple[Any, ...]]:
    """Turn rows into lines of the staging table, refusing records that the registry could not hold."""
    for ordinal, row in enumerate(rows):
        locator = storable.dumps(dict(row.locator))
        if isinstance(row, NewRecord):
            refused = _refusal(row)
            if refused is None:
                payload = {"written": dict(row.written), "values": dict(row.values), "romanised": dict(row.romanised)}
                digest = storable.fingerprint(row.written)
                stored = storable.dumps(payload)
                yield (
                    ordinal,
                    storable.text(row.key),
                    row.observed_on,
                    locator,
                    row.language,
                    digest,
                    stored,
                    None,
                    None,
                )
                continue
            code, reason = refused
        else:
            code, reason = row.reason_code[:60], storable.text(row.reason)[:REASON_LENGTH]
        refused_row: dict[str, Any] = {"written": dict(row.written)}
        if isinstance(row, NewQuarantine) and row.file:
            refused_row["file"] = row.file
        yield ordinal, None, None, locator, "", "", storable.dumps(refused_row), code, reason


def _refusal(row: NewRecord) -> tuple[str, str] | None:
    if not row.locator:
        raise IngestError("A record has no locator", "", "The reader must say where in the evidence each row stands")
    if not row.key.strip():
        return "no_key", "the row has no key of its own"
    if len(row.key) > KEY_LENGTH:
        return "key_too_long", f"the row's key is longer than {KEY_LENGTH} characters"
    return None


def _settle(batch: Batch) -> int:
    """Move the staged rows to where they belong and count them; returns how many candidates that supersedes."""
    ids = {"batch": batch.pk, "source": batch.source_id, "evidence": batch.evidence_id}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ingest_staging")
        (batch.rows_read,) = cursor.fetchone()
        cursor.execute(SECOND_ROWS_OF_A_KEY)
        cursor.execute(QUARANTINE, ids)
        batch.quarantined = cursor.rowcount
        cursor.execute(RETIRE_CHANGED, ids)
        retired = [record for (record,) in cursor.fetchall()]
        batch.records_changed = len(retired)
        superseded = candidates.supersede(retired)
        cursor.execute(INSERT_NEW_AND_CHANGED, ids)
        batch.records_new = cursor.rowcount - batch.records_changed
        batch.records_unchanged = batch.rows_read - batch.quarantined - batch.records_new - batch.records_changed
        cursor.execute("ANALYZE registry_record")
    return superseded


def _counts_of(batch: Batch, *, repeated: bool = False) -> BatchCounts:
    return BatchCounts(
        batch.pk,
        batch.rows_read,
        batch.records_new,
        batch.records_changed,
        batch.records_unchanged,
        batch.quarantined,
        batch.non_data,
        repeated,
    )
