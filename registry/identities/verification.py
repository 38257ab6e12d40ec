"""Making, extending and merging identities when a candidate has been verified."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from registry.identities import events
from registry.models import Candidate, EventKind, Identity, IdentityLink, IdentityMember, IdentityStatus

IDENTITIES_LOCK = 7_201_004


def verify(candidate: Candidate) -> Identity:
    """Enter a verified candidate: a new identity, one more record of a known one, or two known ones that become one.

    Part of the caller's transaction. One verification is entered at a time: two that touch the same identities follow
    each other, and `created_at` follows the order of commits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IDENTITIES_LOCK])
    pair = [candidate.left_id, candidate.right_id]
    touched = list(
        Identity.objects.filter(pk__in=IdentityMember.objects.filter(record_id__in=pair).values("identity_id"))
        .select_for_update()
        .order_by("created_at", "pk")
    )
    if not touched:
        identity, kind = Identity.objects.create(created_at=timezone.now()), EventKind.VERIFIED
    else:
        identity, kind = touched[0], EventKind.UPDATED
    for absorbed in touched[1:]:
        _merge(absorbed, identity)
    IdentityLink.objects.create(identity=identity, candidate=candidate)
    known = set(IdentityMember.objects.filter(record_id__in=pair).values_list("record_id", flat=True))
    IdentityMember.objects.bulk_create(
        IdentityMember(identity=identity, record_id=record_id) for record_id in pair if record_id not in known
    )
    events.record(identity, kind, {"candidate": candidate.pk, "records": sorted(pair)})
    return identity


def _merge(absorbed: Identity, into: Identity) -> None:
    """Move everything that `absorbed` holds; it stays as an alias."""
    IdentityLink.objects.filter(identity=absorbed).update(identity=into)
    IdentityMember.objects.filter(identity=absorbed).update(identity=into)
    Identity.objects.filter(merged_into=absorbed).update(merged_into=into)
    absorbed.status = IdentityStatus.MERGED
    absorbed.merged_into = into
    absorbed.save(update_fields=["status", "merged_into"])
    events.record(absorbed, EventKind.MERGED, {"merged_into": str(into.pk)})
