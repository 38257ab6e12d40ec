"""Rows that were erased and come again: known by keyed digests, and never stored a second time."""

from __future__ import annotations

import hashlib
from typing import Any

from psycopg.sql import SQL

import keys
from keys import row_seals
from keys.row_seals import RowKind
from registry import row_content, storable
from registry.errors import IngestError
from registry.ingestion.staging import StagedRows
from registry.models import QuarantinedRow, Source, Tombstone

ERASED = "erased"

COMING = SQL("SELECT ordinal, key, fingerprint FROM {staged}")

# The row's own words stay out; its place stays, because the delivered bytes hold it until they are erased as well.
REFUSE = SQL("""
UPDATE {staged} s SET reason_code = 'erased', reason = 'this row was erased, and is not kept again',
    key = 'erased-' || found.row, sealed = found.sealed, consent = '', shared = '{{}}', fingerprint = '',
    language = '', observed_on = NULL
FROM unnest(%(ordinals)s::bigint[], %(rows)s::bigint[], %(sealed)s::bytea[]) AS found(ordinal, row, sealed)
WHERE found.ordinal = s.ordinal
""")


def digest(source: Source, key: str) -> str:
    """Return the keyed BLAKE2 digest of a row's own key in its source: opaque without the ring."""
    secret = keys.derived(keys.Purpose.FINGERPRINTS, "tombstones of erased rows")
    return hashlib.blake2b(f"{source.slug}\x00{key}".encode(), key=secret, digest_size=32).hexdigest()


def refuse(source: Source, staged: StagedRows) -> int:
    """Refuse the staged rows that were erased, by their key or by what is written in them, and return how many.

    They are quarantined with the reason `erased`, without a word of theirs, under the number of the erased row.
    """
    buried = list(Tombstone.objects.filter(source=source).values_list("row_id", "digest", "fingerprints"))
    if not buried:
        return 0
    by_digest = {digest: row for row, digest, _ in buried}
    by_words = {words: row for row, _, fingerprints in buried for words in fingerprints}
    found = {}
    for ordinal, key, fingerprint in staged.select(COMING):
        row = by_words.get(fingerprint) or by_digest.get(digest(source, storable.text(key or "")))
        if row is not None:
            found[ordinal] = row
    if found:
        nothing = row_content.packed({"written": {}})
        empty = [row_seals.draft(RowKind.QUARANTINED, nothing) for _ in found]
        values: dict[str, Any] = {"ordinals": list(found), "rows": list(found.values()), "sealed": empty}
        staged.run(REFUSE, values)
    return len(found)


def come_again(batch_id: int) -> list[int]:
    """Return the numbers of the erased rows that wait in quarantine because a delivery brought them again."""
    keys = QuarantinedRow.objects.filter(batch_id=batch_id, reason_code=ERASED).exclude(key="")
    return sorted({int(key.removeprefix("erased-")) for key in keys.values_list("key", flat=True)})


def require_none(source: Source, staged: StagedRows) -> None:
    """Make sure that no staged row was erased.

    Raises:
        IngestError: One was.
    """
    if refuse(source, staged):
        raise IngestError("This row was erased, and is not kept again", source.slug)
