"""What the erasure of rows means for identities: they lose them, and whoever has received them is told at once.

An identity that holds nothing any more is `erased`: delete what you hold. One that goes on without the row is `split`,
with the reason `erased`. One that had been taken back before is `erased` as well, because a copy may be left somewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from registry.judgements import changes, events, implied, log, new_evidence, projection, rows
from registry.models import EventKind, Identity, IdentityStatus, PendingUnion, Says, User

ONCE_HELD = """
SELECT DISTINCT e.identity_id FROM registry_identityevent e
CROSS JOIN LATERAL jsonb_array_elements_text(e.data -> 'records') named(record)
WHERE jsonb_typeof(e.data -> 'records') = 'array' AND named.record::bigint = ANY(%s)
"""


def erase_rows(user: User, gone: Collection[int]) -> list[UUID]:
    """Let no identity hold these rows any more; part of the transaction that erases them.

    Args:
        user: Who allowed the erasure.
        gone: Rows of sources, each by its first record (`rows.of_records` tells them).

    Returns:
        The ids of the identities that are erased or have changed.
    """
    changes.lock_pairs({row for one in log.of_rows(gone) for row in (one.left, one.right)})
    rows.lock()
    said = {"reason": "erased"}
    records = _found(implied.RECORDS, list(gone))
    of_them = Q(candidate__left_id__in=records) | Q(candidate__right_id__in=records)
    PendingUnion.objects.filter(of_them).delete()
    touched = projection.of_rows(list(gone))
    held = {identity.pk: projection.members(identity) for identity in touched}
    cut = [(one.left, one.right) for one in log.of_rows(gone) if one.says in (Says.SAME, Says.TWICE)]
    log.take_back(user, cut)
    changes.release_pairs(cut)
    for identity in touched:
        kept = [row for row in held[identity.pk] if row not in set(gone)]
        alone = [[row] for row in held[identity.pk] if row in set(gone)]
        parts = [*log.parts(kept, log.edges(kept)), *alone]
        projection.divide(identity, held[identity.pk], parts, said, EventKind.ERASED)
    told = [identity.pk for identity in touched]
    for identity in _taken_back(records):
        events.record(identity, EventKind.ERASED, said)
        told.append(identity.pk)
    new_evidence.look_again({*gone, *(row for some in held.values() for row in some)})
    return told


def _taken_back(records: Collection[int]) -> list[Identity]:
    """Return the retracted identities that once held any of these records and have not been erased yet."""
    found = Identity.objects.filter(pk__in=_found(ONCE_HELD, records), status=IdentityStatus.RETRACTED)
    return list(found.exclude(events__kind=EventKind.ERASED).order_by("created_at", "pk"))


def _found(statement: str, numbers: Collection[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(numbers)])
        return [found for (found,) in cursor.fetchall()]
