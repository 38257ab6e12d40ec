"""Keys of a list that are those of other children: the list is refused, before it overwrites anybody.

Numbers begin anew in each chat, sheet or file. A key that lacks its chat or sheet takes one child for a new version of
another. That shows: the known row stands in another chat, or most of the known rows share neither name nor birth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.sql import SQL

from keys import row_seals
from keys.row_seals import RowKind
from registry import row_content
from registry.errors import IngestError
from registry.ingestion.staging import StagedRows
from registry.models import Batch
from registry.sealing import sealed_rows

_TELLING = ("surname", "given", "birth")
"""Two rows tell of other children: both say two of these or more, and share none."""

KNOWN = SQL("""
SELECT count(*), count(*) FILTER (WHERE s.locator ->> 'chat' <> r.locator ->> 'chat')
FROM {staged} s JOIN registry_record r ON r.key = s.key
WHERE s.reason_code IS NULL AND r.source_id = %(source)s AND r.is_current AND r.batch_id <> %(batch)s
""")

# Rows that are as they were are those of the same children: the others are opened.
CHANGED = SQL("""
SELECT s.sealed, {columns}
FROM {staged} s JOIN registry_record r ON r.key = s.key {with_key}
WHERE s.reason_code IS NULL AND r.source_id = %(source)s AND r.is_current AND r.batch_id <> %(batch)s
  AND r.fingerprint <> s.fingerprint
""")

# The same within one list: rows whose key an earlier row of another chat, member, sheet or table has.
WITHIN = SQL("""
SELECT count(*),
       count(*) FILTER (WHERE s.locator ->> 'chat' <> r.locator ->> 'chat'),
       count(*) FILTER (WHERE s.fingerprint <> r.fingerprint)
FROM {staged} s JOIN {staged} r ON r.key = s.key AND r.reason_code IS NULL
WHERE s.reason_code = 'duplicate_key'
  AND (s.locator ->> 'chat', s.locator ->> 'member', s.locator ->> 'sheet', s.locator ->> 'table')
      IS DISTINCT FROM
      (r.locator ->> 'chat', r.locator ->> 'member', r.locator ->> 'sheet', r.locator ->> 'table')
""")

_MEND = "Put what tells them apart into the key: '{chat}/{id}', '{sheet}/{№}', '{file}/{№}' or '{table}/{№}'"


def refuse(batch: Batch, staged: StagedRows) -> None:
    """Make sure that the keys of the staged rows are those of the same children.

    Raises:
        IngestError: they are those of others; nothing of the list is kept.
    """
    met, chats, others = staged.select(WITHIN)[0]
    if chats or (others > 1 and others * 2 > met):
        what = f"{max(chats, others)} keys of this list stand for several rows: numbers begin anew in each part"
        raise IngestError(what, batch.source.slug, _MEND)
    of_batch = {"source": batch.source_id, "batch": batch.pk}
    met, chats = staged.select(KNOWN, of_batch)[0]
    if chats:
        raise IngestError(f"{chats} keys of this list are those of another chat", batch.source.slug, _MEND)
    others = _of_others(staged, of_batch)
    if others > 1 and others * 2 > met:
        what = f"{others} keys of this list are known for other children, who would be overwritten"
        raise IngestError(what, batch.source.slug, _MEND)


def _of_others(staged: StagedRows, of_batch: Mapping[str, int]) -> int:
    """Count the staged rows whose key is known for another child."""
    known = sealed_rows.Records()
    columns, with_key = sealed_rows.sealed("r"), sealed_rows.with_key("r")
    chunks = staged.each(CHANGED, of_batch, columns=columns, with_key=with_key)
    return sum(_of_another(_values(sealed), known.values(before)) for rows in chunks for sealed, *before in rows)


def _values(sealed: bytes) -> dict[str, Any]:
    return row_content.values_of(row_seals.draft_content(RowKind.RECORD, bytes(sealed)))


def _of_another(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether two rows say enough, and share nothing that tells children apart."""
    parts = [(now.get(name), before.get(name)) for name in _TELLING]
    enough = all(sum(each[side] is not None for each in parts) > 1 for side in (0, 1))
    return enough and not any(one is not None and one == other for one, other in parts)
