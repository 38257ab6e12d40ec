"""What withholds an identity from the feed: consent to tracing refused, or a dispute; restored when neither is left.

`registry.models.consent` says which rows are withheld; here the feed is told when that changes for an identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.models.functions import Coalesce

from registry.judgements import events
from registry.models import (
    AnswerKind,
    ConsumerAnswer,
    DisputeSettlement,
    EventKind,
    Identity,
    IdentityStatus,
    WithheldRow,
)

# Most children have nothing in question: only where a row speaks against tracing is the whole rule asked.
IN_QUESTION = """
SELECT i.id FROM registry_identity i
WHERE i.id = ANY(%(ids)s::uuid[]) AND i.status = 'verified' AND (i.withheld OR EXISTS (
    SELECT 1 FROM registry_identitymember m JOIN registry_record f ON f.id = m.row_id
    JOIN registry_record r ON r.source_id = f.source_id AND r.key = f.key AND r.consent IN ('no', 'unclear')
    WHERE m.identity_id = i.id
) OR EXISTS (
    SELECT 1 FROM registry_identitymember m JOIN registry_record f ON f.id = m.row_id
    JOIN registry_quarantinedrow q ON q.key = f.key AND q.resolved_at IS NULL AND q.key <> ''
        AND q.consent <> ''
    WHERE m.identity_id = i.id)
OR EXISTS (
    SELECT 1 FROM registry_consumeranswer a JOIN registry_identity d ON d.id = a.identity_id
    WHERE a.kind = 'disputed' AND a.settlement <> 'stands' AND (d.id = i.id OR d.merged_into_id = i.id)))
"""


def follow(ids: Sequence[UUID]) -> None:
    """Withhold or restore identities as their rows say now; part of a transaction that holds `rows.lock`."""
    with connection.cursor() as cursor:
        cursor.execute(IN_QUESTION, {"ids": list(ids)})
        asked = [identity for (identity,) in cursor.fetchall()]
    if not asked:
        return
    refused = set(WithheldRow.objects.filter(identity_id__in=asked).values_list("identity_id", flat=True))
    refused |= _disputed(asked)
    for identity in Identity.objects.filter(pk__in=asked, status=IdentityStatus.VERIFIED).order_by("created_at", "pk"):
        if identity.withheld != (identity.pk in refused):
            identity.withheld = identity.pk in refused
            identity.save(update_fields=["withheld"])
            events.record(identity, EventKind.WITHHELD if identity.withheld else EventKind.RESTORED, {})


def _disputed(ids: Sequence[UUID]) -> set[UUID]:
    """Return those that a consumer disputes, also under a merged id, until a third person lets them stand."""
    found = ConsumerAnswer.objects.filter(kind=AnswerKind.DISPUTED).exclude(settlement=DisputeSettlement.STANDS)
    held = found.annotate(stands_as=Coalesce("identity__merged_into_id", "identity_id"))
    return set(held.filter(stands_as__in=ids).values_list("stands_as", flat=True))
