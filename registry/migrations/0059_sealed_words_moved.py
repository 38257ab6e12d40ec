"""Words of before are sealed, a thousand rows at a time: a killed run goes on where it was."""

import json

from django.db import connection, migrations, transaction

TOGETHER = 1_000
WAITING = "SELECT id, {words} FROM registry_{table} WHERE id > %s AND sealed IS NULL ORDER BY id LIMIT %s"
MOVE = """
UPDATE registry_{table} t SET sealed = n.sealed{emptied}
FROM unnest(%s::bigint[], %s::bytea[]) AS n(row_id, sealed) WHERE t.id = n.row_id
"""
COLLECTED = "jsonb_build_object('by', collected_by, 'how', collected_how, 'from', collected_from)::text"


def seal(apps, editor):
    from keys.row_seals import RowKind

    tables = (
        (RowKind.BATCH, "batch", COLLECTED, ""),
        (RowKind.CUSTODY, "custodyentry", "facts::text", ", facts = CASE WHEN facts ? 'erased' THEN facts ELSE '{}' END"),
        (RowKind.CORRECTION, "correction", "jsonb_build_object('reason', reason)::text", ""),
    )
    for kind, table, words, emptied in tables:
        after = 0
        while after is not None:
            after = seal_some(kind, table, words, emptied, after)


def seal_some(kind, table, words, emptied, after):
    """Seal the next rows of a table, and return the number of the last one; None when there was none."""
    from keys import row_seals
    from registry.sealing import row_keys
    from registry import row_content

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WAITING.format(table=table, words=words), [after, TOGETHER])
        rows = cursor.fetchall()
        if not rows:
            return None
        numbers = [number for number, _ in rows]
        # Words that an erasure took are no more: what it left in their place says which.
        taken = {number for number, told in rows if kind == row_seals.RowKind.CUSTODY and "erased" in json.loads(told)}
        sealed = [row_seals.draft(kind, row_content.packed(json.loads(told))) for _, told in rows]
        cursor.execute(MOVE.format(table=table, emptied=emptied), [numbers, sealed])
        nonces = [draft[: row_seals.NONCE] for draft in sealed]
        pairs = zip(numbers, nonces, strict=True)
        row_keys.keep(kind, ((number, 0, nonce) for number, nonce in pairs if number not in taken))
    return numbers[-1]


class Migration(migrations.Migration):
    """Each piece is a transaction of its own."""

    dependencies = [("registry", "0058_sealed_words")]  # noqa: RUF012 - as Django reads it
    atomic = False

    operations = [  # noqa: RUF012
        migrations.RunPython(seal),
    ]
