"""Records and quarantined rows of before are sealed, a thousand at a time: a killed run goes on where it was."""

import json

from django.db import connection, migrations, transaction

TOGETHER = 1_000
WAITING = """
SELECT id, {version}, payload::text FROM registry_{table} WHERE id > %s AND sealed IS NULL ORDER BY id LIMIT %s
"""
KEEP = """
INSERT INTO registry_rowkey (kind, row_id, key_number, wrapped)
SELECT %s, n.row_id, %s, n.wrapped FROM unnest(%s::bigint[], %s::bytea[]) AS n(row_id, wrapped)
"""
MOVE = """
UPDATE registry_{table} t SET sealed = n.sealed, payload = NULL
FROM unnest(%s::bigint[], %s::bytea[]) AS n(row_id, sealed) WHERE t.id = n.row_id
"""
SHARED = """
UPDATE registry_record t SET sealed = n.sealed, payload = NULL, shared = ARRAY[n.surname, n.given, n.birth]
FROM unnest(%s::bigint[], %s::bytea[], %s::bigint[], %s::bigint[], %s::bigint[]) AS n(row_id, sealed, surname, given, birth)
WHERE t.id = n.row_id
"""


def seal(apps, editor):
    from keys.row_seals import RowKind

    for kind, table, version in ((RowKind.RECORD, "record", "version"), (RowKind.QUARANTINED, "quarantinedrow", "0")):
        after = 0
        while after is not None:
            after = seal_some(kind, table, version, after)


def seal_some(kind, table, version, after):
    """Seal the next rows of a table, and return the number of the last one; None when there was none."""
    from keys import row_seals
    from keys.row_seals import RowKind
    from registry import row_content

    wrapping = row_seals.Wrapping(kind)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WAITING.format(table=table, version=version), [after, TOGETHER])
        rows = cursor.fetchall()
        if not rows:
            return None
        sealed, wrapped, shared = [], [], []
        key = row_content.shared_key()
        for number, of_version, payload in rows:
            content = json.loads(payload)
            content.pop("consent", None)  # a column by now
            draft = row_seals.draft(kind, row_content.packed(content))
            sealed.append(draft)
            shared.append(row_content.shared_of(content.get("values", {}), key))
            wrapped.append(wrapping.of_draft(draft[: row_seals.NONCE], number, of_version))
        numbers = [number for number, *_ in rows]
        cursor.execute(KEEP, [int(kind), wrapping.key_number, numbers, wrapped])
        if kind == RowKind.RECORD:
            cursor.execute(SHARED, [numbers, sealed, *map(list, zip(*shared, strict=True))])
        else:
            cursor.execute(MOVE.format(table=table), [numbers, sealed])
    return numbers[-1]


class Migration(migrations.Migration):
    """Each piece is a transaction of its own."""

    dependencies = [("registry", "0054_sealed_rows")]  # noqa: RUF012 - as Django reads it
    atomic = False

    operations = [  # noqa: RUF012
        migrations.RunPython(seal),
    ]
