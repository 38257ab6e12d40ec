"""The staging table of a batch: rows as they come, held until they are compared with the registry by set operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import connection
from psycopg.sql import SQL, Composable, Composed, Identifier

from registry import storable
from registry.ingestion.delivery_order import THIS, Arrival, place
from registry.ingestion.row_columns import RowColumns, columns_of
from registry.staging_table import StagingTable

SECOND_ROWS_OF_A_KEY = SQL("""
UPDATE {staged} s
SET reason_code = 'duplicate_key', reason = 'an earlier row of this list has the same key',
    payload = jsonb_build_object('written', s.payload -> 'written') || %(file)s::jsonb
        || jsonb_strip_nulls(jsonb_build_object('consent', s.payload -> 'values' -> 'consent'))
FROM (SELECT ordinal, row_number() OVER (PARTITION BY key ORDER BY ordinal) AS place FROM {staged}
      WHERE reason_code IS NULL) ranked
WHERE ranked.ordinal = s.ordinal AND ranked.place > 1
""")

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

    As delivered: `ordinal` (their order), `row_id` (the quarantined row they stand in for), `key` to `payload` as in
    `Record`, `reason_code` and `reason` of a refused row, `entered_by`.

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
        "payload": "jsonb",
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
    delivered = tuple(columns)[:11]

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
        key = storable.fingerprint_key()
        for number, row in enumerate(rows):
            if isinstance(row, RowColumns):
                yield (number, None, *row, entered_by)
                continue
            row_id, new = row if isinstance(row, tuple) else (None, row)
            yield (number, row_id, *columns_of(new, file, key), entered_by)

    staged = StagedRows.create()
    staged.fill(filled(), StagedRows.delivered)
    staged.index(Identifier("key"))
    staged.run(SECOND_ROWS_OF_A_KEY, {"file": storable.dumps({"file": file} if file else {})})
    return staged
