"""Retention: what a source's own term (`retention_days`) says is kept no longer, found each night and shown before.

The term counts from the day on which the last delivery that held the row was collected, changed or not. Rows in no
identity go by the term alone. An identity that two people have verified is not taken from families by a clock: its
erasure is asked for in the name of the term, and one person allows it (`ridni erase allow`). What a hold holds stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from keeping.erasure import plan
from keeping.erasure.plan import Plan
from registry import audit
from registry.models import TERM_ENDED, Erasure, Scope, Source

# Identities all of whose rows' versions are older than the terms of their sources, and that nothing holds.
ENDED_IDENTITIES = """
SELECT m.identity_id FROM registry_identitymember m
JOIN registry_record f ON f.id = m.row_id JOIN registry_source s ON s.id = f.source_id
WHERE NOT EXISTS (SELECT 1 FROM registry_erasure e WHERE e.identity_id = m.identity_id AND e.finished_at IS NULL
                  AND e.allowed IS DISTINCT FROM false)
GROUP BY m.identity_id
HAVING bool_and(s.retention_days IS NOT NULL AND NOT registry_held(f.id)
                AND registry_last_collected(f.id) + s.retention_days * interval '1 day' <= now())
"""

HELD = """
SELECT count(*) FROM registry_record r
WHERE r.source_id = %s AND r.is_current AND registry_last_collected(r.id) <= %s AND registry_held(r.id)
"""


@dataclass(frozen=True)
class OfSource:
    """What the term of one source asks for now.

    Attributes:
        days: The term.
        plan: What goes without anybody's word.
        held: Rows whose term has ended and that a hold keeps.
    """

    source: Source
    days: int
    plan: Plan
    held: int


@dataclass(frozen=True)
class Due:
    """What all terms ask for now; `identities` wait, or will wait, for one person each."""

    sources: list[OfSource]
    identities: list[UUID]


def due() -> Due:
    """Count what terms ask for, without doing anything."""
    found = []
    for source in Source.objects.exclude(retention_days=None).order_by("slug"):
        assert source.retention_days is not None
        counted = plan.of(Erasure(scope=Scope.SOURCE, source=source, ground=TERM_ENDED))
        with connection.cursor() as cursor:
            cursor.execute(HELD, [source.pk, timezone.now() - timedelta(days=source.retention_days)])
            held = int(cursor.fetchone()[0])
        found.append(OfSource(source, source.retention_days, counted, held))
    return Due(found, _ended_identities())


def allow_due() -> list[Erasure]:
    """Write down what terms ask for: erasures that may begin, one for each source, and requests for identities.

    Returns:
        The erasures that may begin.
    """
    begun = []
    for one in due().sources:
        if not one.plan.rows or Erasure.objects.filter(source=one.source, allowed=True, finished_at=None).exists():
            continue
        now = timezone.now()
        with transaction.atomic():
            made = Erasure.objects.create(
                scope=Scope.SOURCE,
                source=one.source,
                ground=TERM_ENDED,
                plan=one.plan.to_json(),
                asked_at=now,
                allowed=True,
                decided_at=now,
            )
            audit.append("system", "erasure.term_ended", "erasure", str(made.pk), {"plan": made.plan})
        begun.append(made)
    for identity in _ended_identities():
        with transaction.atomic():
            made = Erasure(scope=Scope.IDENTITY, identity_id=identity, ground=TERM_ENDED, asked_at=timezone.now())
            made.plan = plan.of(made).to_json()
            made.save()
            audit.append("system", "erasure.asked", "erasure", str(made.pk), {"ground": TERM_ENDED, "plan": made.plan})
    return begun


def _ended_identities() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(ENDED_IDENTITIES)
        return [identity for (identity,) in cursor.fetchall()]
