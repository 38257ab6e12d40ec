"""The staging table of a batch: rows as they come, held until they are compared with the registry by set operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import connection
from psycopg.sql import SQL, Composable, Composed, Identifier

from keys import row_seals
from keys.row_seals import RowKind
from registry import row_content
from registry.ingestion import row_columns
from registry.ingestion.delivery_order import THIS, Arrival, place
from registry.ingestion.row_columns import RowColumns
from registry.staging_table import StagingTable

SECOND_ROWS_OF_A_KEY = SQL("""
UPDATE {staged} s
SET reason_code = 'duplicate_key', reason = 'an earlier row of this list has the same key'
FROM (SELECT ordinal, row_number() OVER (PARTITION BY key ORDER BY ordinal) AS place FROM {staged}
      WHERE reason_code IS NULL) ranked
WHERE ranked.ordinal = s.ordinal AND ranked.place > 1
""")

DUPLICATES = SQL("""
SELECT ordinal, sealed FROM {staged} WHERE reason_code = 'duplicate_key' AND ordinal > %(after)s
ORDER BY ordinal LIMIT %(together)s
""")

SEALED_AS_REFUSED = SQL("""
UPDATE {staged} s SET sealed = n.sealed FROM unnest(%(ordinals)s::bigint[], %(sealed)s::bytea[]) AS n(ordinal, sealed)
WHERE s.ordinal = n.ordinal
""")
_TOGETHER = 5_000

REFUSED = SQL("DELETE FROM {staged} WHERE reason_code IS NOT NULL")

# A key that another row of the batch has: that row came first.
KNOWN_KEYS = SQL("""
DELETE FROM {staged} s USING (
    SELECT r.key FROM registry_record r WHERE r.batch_id = %(batch)s
    UNION
    SELECT r.key FROM registry_sighting g JOIN registry_record r ON r.id = g.record_id WHERE g.batch_id = %(batch)s
) known WHERE known.key = s.key
""")

SEEN = SQL("""
SELECT r.key, r.id AS record_id, r.fingerprint, {place} AS at
FROM registry_record r JOIN registry_batch b ON b.id = r.batch_id
WHERE r.source_id = %(source)s AND r.batch_id <> %(batch)s
UNION ALL
SELECT r.key, r.id, r.fingerprint, {place}
FROM registry_sighting g JOIN registry_record r ON r.id = g.record_id JOIN registry_batch b ON b.id = g.batch_id
WHERE r.source_id = %(source)s AND g.batch_id <> %(batch)s
""")


class StagedRows(StagingTable):
    """Rows of one batch, between the file and the registry.

    As delivered: `ordinal` (their order), `row_id` (the quarantined row they stand in for), `key` to `shared` as in
    `Record`, `reason_code` and `reason` of a refused row, `entered_by`. `sealed` is a draft (`keys.row_seals`).

    As `merge` finds them: `late` (a newer delivery knows the key), `match_id` (the record with the same values),
    `before_id` and `after_id` (the versions around), `record_id` (what the row became, where something will be said of
    it), `reappeared` and `gap` (it had vanished, or has for a while).
    """

    name = "ingest_staging"
    columns: ClassVar[dict[str, str]] = {
        "ordinal": "bigint",
        "row_id": "bigint",
        "key": "text",
        "observed_on": "date",
        "locator": "jsonb",
        "language": "text",
        "fingerprint": "text",
        "sealed": "bytea",
        "consent": "text",
        "shared": "bigint[]",
        "reason_code": "text",
        "reason": "text",
        "entered_by": "bigint",
        "late": "boolean NOT NULL DEFAULT false",
        "match_id": "bigint",
        "before_id": "bigint",
        "after_id": "bigint",
        "record_id": "bigint",
        "reappeared": "boolean NOT NULL DEFAULT false",
        "gap": "boolean NOT NULL DEFAULT false",
    }
    joined_by = ("key", "reason_code", "fingerprint", "late", "match_id", "before_id", "after_id", "record_id")
    delivered = tuple(columns)[:13]

    def count(self) -> int:
        """Count the rows."""
        return int(self.select(SQL("SELECT count(*) FROM {staged}"))[0][0])

    def newest_day(self) -> date | None:
        """Return the newest day for which a row speaks."""
        day: date | None = self.select(SQL("SELECT max(observed_on) FROM {staged}"))[0][0]
        return day

    def drop_known_keys(self, batch_id: int) -> None:
        """Take out rows that cannot be added to a batch: those refused, those whose key another row of it has."""
        self.run(REFUSED)
        self.run(KNOWN_KEYS, {"batch": batch_id})

    def run(self, statement: SQL, values: Mapping[str, Any] | None = None, **parts: Composable) -> int:
        """Run a statement over the rows and return how many rows it wrote.

        Args:
            statement: With the holes `{staged}` for this table, `{place}` for when a delivery `b` speaks, `{this}` for
                when the one that is being settled does, and those of `parts`.
            values: The values of its parameters.
            parts: What fills its other holes.
        """
        with connection.cursor() as cursor:
            cursor.execute(self._written(statement, parts), values)
            return int(cursor.rowcount)

    def select(self, statement: SQL, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement as `run` does and return what it gives."""
        with connection.cursor() as cursor:
            cursor.execute(self._written(statement, {}), values)
            return list(cursor.fetchall())

    def written(
        self, statement: SQL, values: Mapping[str, Any] | None = None, **parts: Composable
    ) -> Iterator[tuple[Any, ...]]:
        """Run a statement that writes as `run` does, and return what it says of each row: numbers, for all are held."""
        cursor = connection.cursor()
        cursor.execute(self._written(statement, parts), values)
        return iter(cursor)

    def each(
        self, statement: SQL, values: Mapping[str, Any] | None = None, **parts: Composable
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Run a statement that reads as `run` does, and yield its rows some thousand at a time, as they were then."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(self._written(statement, parts), values)
            while rows := cursor.fetchmany(_TOGETHER):
                yield rows

    def _written(self, statement: SQL, parts: Mapping[str, Composable]) -> Composed:
        return statement.format(staged=self.sql, place=place("b"), this=THIS, **parts)


class SeenKeys(StagingTable):
    """Where the other deliveries of a source hold its keys: `key`, `record_id`, `fingerprint` and `at`, when it was."""

    name = "ingest_seen"


def seen_keys(arrival: Arrival) -> SeenKeys:
    """Find where the other deliveries of a source hold its keys."""
    seen = SeenKeys.create_from(SEEN.format(place=place("b")), arrival.parameters())
    seen.index(Identifier("key"), Identifier("at"))
    return seen


def stage(rows: Iterable[Any], entered_by: int | None = None, file: str = "") -> StagedRows:
    """Copy rows into a new staging table.

    Args:
        rows: `NewRecord` or `NewQuarantine`, their `RowColumns`, or (id of the quarantined row, `NewRecord`).
        entered_by: Id of the account of the person who put values in.
        file: Name of the delivered file, kept with rows that are refused here.

    Raises:
        IngestError: A record does not say where it stands.
    """

    def filled() -> Iterator[tuple[Any, ...]]:
        secrets = row_columns.secrets_of_rows()
        for number, row in enumerate(rows):
            if isinstance(row, RowColumns):
                yield (number, None, *row, entered_by)
                continue
            row_id, new = row if isinstance(row, tuple) else (None, row)
            yield (number, row_id, *row_columns.columns_of(new, file, secrets), entered_by)

    staged = StagedRows.create()
    staged.fill(filled(), StagedRows.delivered)
    staged.index(Identifier("key"))
    if staged.run(SECOND_ROWS_OF_A_KEY):
        _seal_as_refused(staged, file)
    return staged


def _seal_as_refused(staged: StagedRows, file: str) -> None:
    """Seal anew, as what waits in quarantine is sealed, rows that were sealed as records."""
    after = -1
    while rows := staged.select(DUPLICATES, {"after": after, "together": _TOGETHER}):
        again = []
        for _, sealed in rows:
            written = row_content.unpacked(row_seals.draft_content(RowKind.RECORD, bytes(sealed)))["written"]
            content = row_content.packed(row_columns.refused_payload(written, file))
            again.append(row_seals.draft(RowKind.QUARANTINED, content))
        after = rows[-1][0]
        staged.run(SEALED_AS_REFUSED, {"ordinals": [ordinal for ordinal, _ in rows], "sealed": again})
