"""What a delivery changes of identities, and what a run changes of what waits around them: of identities nothing.

A corrected row stays a member, and consent is withdrawn or given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction

from registry.judgements import consent, events, new_evidence, rows
from registry.models import EventKind, Identity, IdentityMember, Judgement, NewEvidence, Says

# Whether a delivery may change anything of an identity, whatever identities there are.
SAYS_SOMETHING = """
SELECT EXISTS (SELECT FROM registry_record WHERE batch_id = %(batch)s AND (version > 1 OR consent <> ''))
    OR EXISTS (SELECT FROM registry_sighting WHERE batch_id = %(batch)s)
    OR EXISTS (SELECT FROM registry_quarantinedrow WHERE batch_id = %(batch)s AND key <> '')
"""

CORRECTED = """
SELECT m.id, m.identity_id, m.record_id, n.id
FROM registry_record n
JOIN registry_record f ON f.source_id = n.source_id AND f.key = n.key
JOIN registry_identitymember m ON m.row_id = f.id
WHERE n.batch_id = %(batch)s AND n.is_current AND n.version > 1 AND n.id <> m.shown_id
"""

# What was new evidence by a version that this delivery corrects.
STALE = """
SELECT e.id FROM registry_record n
JOIN registry_record o ON o.source_id = n.source_id AND o.key = n.key AND o.id <> n.id
JOIN registry_newevidence e ON e.record_id = o.id
WHERE n.batch_id = %(batch)s AND n.version > 1
"""

# Identities with a row of which this delivery, or a row of it that waits in quarantine, may say something of consent.
SPOKEN_OF = """
SELECT m.identity_id FROM registry_record n
JOIN registry_record f ON f.source_id = n.source_id AND f.key = n.key
JOIN registry_identitymember m ON m.row_id = f.id WHERE n.batch_id = %(batch)s AND n.consent <> ''
UNION
SELECT m.identity_id FROM registry_sighting s JOIN registry_record n ON n.id = s.record_id AND n.consent <> ''
JOIN registry_record f ON f.source_id = n.source_id AND f.key = n.key
JOIN registry_identitymember m ON m.row_id = f.id WHERE s.batch_id = %(batch)s
UNION
SELECT m.identity_id FROM registry_quarantinedrow q JOIN registry_batch b ON b.id = q.batch_id
JOIN registry_record f ON f.source_id = b.source_id AND f.key = q.key
JOIN registry_identitymember m ON m.row_id = f.id
WHERE q.batch_id = %(batch)s AND q.key <> '' AND q.consent <> ''
"""


CHUNK = 1000
"""Rows that a run looks at in one transaction: verdicts wait no longer than that takes."""


def delivery(batch_id: int) -> None:
    """Tell the feed what a delivery changed of identities; part of the transaction that stored it.

    A corrected row stays a member: the identity shows its new version and names the one that people verified. Whether
    the row still is this child is for people to judge, who get the pair again when it has been compared anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(SAYS_SOMETHING, {"batch": batch_id})
        if not cursor.fetchone()[0]:
            return
        rows.lock()  # first: an identity that is just being made would be read before it is there
        cursor.execute(CORRECTED, {"batch": batch_id})
        corrected = cursor.fetchall()
        cursor.execute(SPOKEN_OF, {"batch": batch_id})
        spoken_of = [identity for (identity,) in cursor.fetchall()]
        cursor.execute(STALE, {"batch": batch_id})
        stale = [number for (number,) in cursor.fetchall()]
    if not corrected and not spoken_of and not stale:
        return
    NewEvidence.objects.filter(pk__in=stale).delete()
    _correct(corrected)
    consent.follow(spoken_of)


def run(new: Collection[int] | None) -> None:
    """Look at what waits once a run has scored it; some rows at a time, each time in a transaction of its own.

    Args:
        new: The records that the run linked for the first time; None: it has looked at all there are.
    """
    wanted = _judged() if new is None else sorted(set(rows.of_records(new).values()))
    for start in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            rows.lock()
            new_evidence.look_again(wanted[start : start + CHUNK])


def _judged() -> list[int]:
    """Return the rows of which something stands; the members of an identity beside each other."""
    held = IdentityMember.objects.order_by("identity_id", "row_id").values_list("row_id", flat=True)
    apart = Judgement.objects.filter(says=Says.DIFFERENT).values_list("left_id", "right_id")
    new = NewEvidence.objects.values_list("row_id", flat=True)
    return list(dict.fromkeys([*held, *(row for pair in apart for row in pair), *new]))


def _correct(corrected: list[tuple[int, UUID, int, int]]) -> None:
    by_identity: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for member, identity, verified, newest in corrected:
        IdentityMember.objects.filter(pk=member).update(shown_id=newest)
        by_identity[identity].append((newest, verified))
    for found in Identity.objects.filter(pk__in=by_identity).order_by("created_at", "pk"):
        changed = sorted(by_identity[found.pk])
        data = {"corrected": [newest for newest, _ in changed], "verified": [verified for _, verified in changed]}
        events.record(found, EventKind.UPDATED, data)
    new_evidence.refresh(rows.of_records(newest for _, _, _, newest in corrected).values())
