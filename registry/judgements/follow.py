"""What a delivery changes of identities: a corrected row stays a member, and consent is withdrawn or given."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import connection

from registry.judgements import consent, events, rows
from registry.models import EventKind, Identity, IdentityMember

CORRECTED = """
SELECT m.id, m.identity_id, m.record_id, n.id
FROM registry_record n
JOIN registry_record f ON f.source_id = n.source_id AND f.key = n.key
JOIN registry_identitymember m ON m.row_id = f.id
WHERE n.batch_id = %(batch)s AND n.is_current AND n.version > 1 AND n.id <> m.shown_id
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
WHERE q.batch_id = %(batch)s AND q.key <> '' AND q.payload -> 'written' ? 'consent'
"""


def delivery(batch_id: int) -> None:
    """Tell the feed what a delivery changed of identities; part of the transaction that stored it.

    A corrected row stays a member: the identity shows its new version and names the one that people verified. Whether
    the row still is this child is for people to judge, who get the pair again when it has been compared anew.
    """
    if not IdentityMember.objects.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(CORRECTED, {"batch": batch_id})
        corrected = cursor.fetchall()
        cursor.execute(SPOKEN_OF, {"batch": batch_id})
        spoken_of = [identity for (identity,) in cursor.fetchall()]
    if not corrected and not spoken_of:
        return
    rows.lock()
    _correct(corrected)
    consent.follow(spoken_of)


def _correct(corrected: list[tuple[int, UUID, int, int]]) -> None:
    by_identity: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for member, identity, verified, newest in corrected:
        IdentityMember.objects.filter(pk=member).update(shown_id=newest)
        by_identity[identity].append((newest, verified))
    for found in Identity.objects.filter(pk__in=by_identity).order_by("created_at", "pk"):
        changed = sorted(by_identity[found.pk])
        data = {"corrected": [newest for newest, _ in changed], "verified": [verified for _, verified in changed]}
        events.record(found, EventKind.UPDATED, data)
