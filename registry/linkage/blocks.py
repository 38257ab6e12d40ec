"""Which records have been linked, and which records share a blocking bucket with new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from registry.linkage.records import CURRENT_RECORDS, StoredRecord, stored_records

# A record without buckets by these rules has not been linked by them.
NEW = f"""
{CURRENT_RECORDS} AND NOT EXISTS (
    SELECT 1 FROM registry_recordbuckets b WHERE b.record_id = r.id AND b.rules = %(rules)s)
ORDER BY r.id
"""  # noqa: S608

# One look into the index for each digest: for a whole array of them the planner would read every record instead.
SHARING = f"""
{CURRENT_RECORDS} AND r.id IN (
    SELECT b.record_id FROM unnest(%(digests)s::bigint[]) AS wanted(digest)
    CROSS JOIN LATERAL (
        SELECT record_id FROM registry_recordbuckets
        WHERE digests @> ARRAY[wanted.digest] AND rules = %(rules)s OFFSET 0) b)
ORDER BY r.id
"""  # noqa: S608

STAGING = """
DROP TABLE IF EXISTS pg_temp.bucket_staging;
CREATE TEMP TABLE bucket_staging (record_id bigint, digests bigint[]) ON COMMIT DROP
"""

# A record that went while the run was under way is left out.
KEEP = """
INSERT INTO registry_recordbuckets (record_id, rules, digests)
SELECT s.record_id, %(rules)s, s.digests FROM bucket_staging s JOIN registry_record r ON r.id = s.record_id
ON CONFLICT (record_id) DO UPDATE SET rules = excluded.rules, digests = excluded.digests
WHERE registry_recordbuckets.rules <> excluded.rules OR registry_recordbuckets.digests <> excluded.digests
"""

SUPERSEDED = """
DELETE FROM registry_recordbuckets b USING registry_record r WHERE r.id = b.record_id AND NOT r.is_current
"""


def new_records(rules: str) -> list[StoredRecord]:
    """Return the current records that have not been linked by these rules."""
    with connection.cursor() as cursor:
        cursor.execute(NEW, {"rules": rules})
        return stored_records(cursor.fetchall())


def sharing(rules: str, digests: Sequence[int]) -> list[StoredRecord]:
    """Return the linked current records that hold one of these digests."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(SHARING, {"rules": rules, "digests": list(digests)})
        return stored_records(cursor.fetchall())


def keep(rules: str, rows: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Store the digests of records that a run has linked, and drop those of superseded versions.

    Args:
        rules: Name of the blocking rules.
        rows: Record id and digests, read once as a stream.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy("COPY bucket_staging (record_id, digests) FROM STDIN") as copy:
            for record, digests in rows:
                copy.write_row((record, list(digests)))
        cursor.execute(KEEP, {"rules": rules})
        cursor.execute(SUPERSEDED)
