"""Which records have been linked, and which records share a blocking bucket with new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from django.db import connection, transaction
from psycopg.sql import SQL

from registry import binary_copy
from registry.linkage import bucket_pages
from registry.linkage.bucket_pages import Digests, Records
from registry.linkage.records import CURRENT_RECORDS, StoredRecord, stored_records
from registry.staging_table import StagingTable

# A record that no run over everything has linked by these rules, nor one over new records, is new.
NEW = SQL("""
{current} AND NOT EXISTS (
    SELECT 1 FROM registry_recordbuckets b WHERE b.record_id = r.id AND b.rules = %(rules)s)
  AND NOT EXISTS (SELECT 1 FROM registry_linkedrecord k WHERE k.record_id = r.id AND k.rules = %(rules)s)
ORDER BY r.id
""")

CURRENT = SQL("{current} AND r.id = ANY(%(records)s) ORDER BY r.id")

# One look into the index for each digest: for a whole array of them the planner would read every record instead.
SHARING = SQL("""
{current} AND r.id IN (
    SELECT b.record_id FROM unnest(%(digests)s::bigint[]) AS wanted(digest)
    CROSS JOIN LATERAL (
        SELECT record_id FROM registry_recordbuckets
        WHERE digests @> ARRAY[wanted.digest] AND rules = %(rules)s OFFSET 0) b
    UNION SELECT unnest(%(held)s::bigint[]))
ORDER BY r.id
""")

# A record that went while the run was under way is left out.
KEEP = SQL("""
INSERT INTO registry_recordbuckets (record_id, rules, digests)
SELECT s.record_id, %(rules)s, s.digests FROM {staged} s JOIN registry_record r ON r.id = s.record_id
ON CONFLICT (record_id) DO UPDATE SET rules = excluded.rules, digests = excluded.digests
WHERE registry_recordbuckets.rules <> excluded.rules OR registry_recordbuckets.digests <> excluded.digests
""")

SUPERSEDED = SQL("""
DELETE FROM registry_recordbuckets b USING registry_record r WHERE r.id = b.record_id AND NOT r.is_current
""")


class Buckets(StagingTable):
    """Digests of records that a run has linked."""

    name = "bucket_staging"
    columns: ClassVar[dict[str, str]] = {"record_id": "bigint", "digests": "bigint[]"}
    joined_by = ("record_id",)


def new_records(rules: str) -> list[StoredRecord]:
    """Return the current records that have not been linked by these rules."""
    with connection.cursor() as cursor:
        cursor.execute(NEW.format(current=CURRENT_RECORDS), {"rules": rules})
        return stored_records(cursor.fetchall())


def current(record_ids: Sequence[int]) -> list[StoredRecord]:
    """Return these records, as far as they are current."""
    with connection.cursor() as cursor:
        cursor.execute(CURRENT.format(current=CURRENT_RECORDS), {"records": list(record_ids)})
        return stored_records(cursor.fetchall())


def sharing(rules: str, digests: Sequence[int]) -> list[StoredRecord]:
    """Return the linked current records that hold one of these digests."""
    with transaction.atomic(), connection.cursor() as cursor:
        held = bucket_pages.holders(rules, digests)
        cursor.execute("SET LOCAL enable_seqscan = off")
        values: dict[str, Any] = {"rules": rules, "digests": list(digests), "held": held}
        cursor.execute(SHARING.format(current=CURRENT_RECORDS), values)
        return stored_records(cursor.fetchall())


def keep_all(rules: str, records: Records, owners: Records, digests: Digests) -> None:
    """Store the digests of all records, as a run over everything leaves them, in the place of all that were stored.

    Args:
        rules: Name of the blocking rules.
        records: Ids of the records that were linked.
        owners: Record id of each bucket.
        digests: Keyed digest of each bucket.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        bucket_pages.write(rules, owners, digests)
        cursor.execute("DELETE FROM registry_recordbuckets")
        cursor.execute("DELETE FROM registry_linkedrecord")
        name = np.broadcast_to(np.frombuffer(rules.encode("ascii"), np.uint8), (len(records), len(rules)))
        with cursor.copy("COPY registry_linkedrecord (record_id, rules) FROM STDIN (FORMAT BINARY)") as copy:
            for piece in binary_copy.pieces({"record": np.sort(records), "rules": name}):
                copy.write(piece)
        cursor.execute("ANALYZE registry_linkedrecord")


def keep(rules: str, rows: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Store the digests of new records that a run has linked, and drop those of superseded versions.

    Args:
        rules: Name of the blocking rules.
        rows: Record id and digests, read once as a stream.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        staged = Buckets.create()
        staged.fill((record, list(digests)) for record, digests in rows)
        cursor.execute(KEEP.format(staged=staged.sql), {"rules": rules})
        cursor.execute(SUPERSEDED)
