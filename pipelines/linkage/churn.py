"""Churn of ids: what became of the identities that stood at some event, by the log of events."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from registry.models import EventKind, IdentityEvent


@dataclass(frozen=True)
class Churn:
    """What became of identities since an event.

    Attributes:
        stood: Identities that stood then.
        lost: Of them, those that stand for themselves no more: merged into another, or retracted.
        moved: Of the rest, those of which records came in, were verified anew, or were split off.
        new: Identities made since.
    """

    stood: int
    lost: int
    moved: int
    new: int


def since(seq: int) -> Churn:
    """Return what became of the identities that stood after the event `seq`; 0 is before all."""
    ended = Q(kind__in=[EventKind.MERGED, EventKind.RETRACTED])
    before, later = IdentityEvent.objects.filter(seq__lte=seq), IdentityEvent.objects.filter(seq__gt=seq)
    made = before.filter(kind=EventKind.VERIFIED).values("identity_id")
    gone = before.filter(ended).values("identity_id")
    stood = IdentityEvent.objects.filter(identity_id__in=made).exclude(identity_id__in=gone)
    lost = later.filter(ended, identity_id__in=made).values("identity_id").distinct()
    changed = later.filter(Q(kind=EventKind.SPLIT) | Q(kind=EventKind.UPDATED, data__has_key="records"))
    moved = changed.filter(identity_id__in=made).exclude(identity_id__in=lost).values("identity_id").distinct()
    return Churn(
        stood.values("identity_id").distinct().count(),
        lost.count(),
        moved.count(),
        later.filter(kind=EventKind.VERIFIED).values("identity_id").distinct().count(),
    )
