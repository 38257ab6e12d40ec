"""Keys of a list that are those of other children: the list is refused, before it overwrites anybody.

Numbers begin anew in each chat, sheet or file. A key that lacks its chat or sheet takes one child for a new version of
another. That shows: the known row stands in another chat, or most of the known rows share neither name nor birth.
"""

from __future__ import annotations

from psycopg.sql import SQL

from registry.errors import IngestError
from registry.ingestion.staging import StagedRows
from registry.models import Batch

# Two rows tell of other children: both say enough (surname and given name, or one of them and the birth), and share
# neither surname, given name nor birth.
KNOWN = SQL("""
SELECT count(*),
       count(*) FILTER (WHERE s.chat <> r.chat),
       count(*) FILTER (WHERE (s.surname = r.surname) IS NOT TRUE AND (s.given = r.given) IS NOT TRUE
                          AND (s.birth = r.birth) IS NOT TRUE
                          AND num_nonnulls(s.surname, s.given, s.birth) > 1
                          AND num_nonnulls(r.surname, r.given, r.birth) > 1)
FROM (SELECT key, locator ->> 'chat' AS chat, payload -> 'values' ->> 'surname' AS surname,
             payload -> 'values' ->> 'given' AS given, payload -> 'values' ->> 'birth' AS birth
      FROM {staged} WHERE reason_code IS NULL) s
JOIN (SELECT key, locator ->> 'chat' AS chat, payload -> 'values' ->> 'surname' AS surname,
             payload -> 'values' ->> 'given' AS given, payload -> 'values' ->> 'birth' AS birth
      FROM registry_record WHERE source_id = %(source)s AND is_current AND batch_id <> %(batch)s) r ON r.key = s.key
""")

# The same within one list: rows whose key an earlier row of another chat, member, sheet or table has.
WITHIN = SQL("""
SELECT count(*),
       count(*) FILTER (WHERE s.locator ->> 'chat' <> r.locator ->> 'chat'),
       count(*) FILTER (WHERE s.payload -> 'written' IS DISTINCT FROM r.payload -> 'written')
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
    met, chats, others = staged.select(KNOWN, {"source": batch.source_id, "batch": batch.pk})[0]
    if chats:
        raise IngestError(f"{chats} keys of this list are those of another chat", batch.source.slug, _MEND)
    if others > 1 and others * 2 > met:
        what = f"{others} keys of this list are known for other children, who would be overwritten"
        raise IngestError(what, batch.source.slug, _MEND)
