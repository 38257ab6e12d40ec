"""What an erasure or a hold is about, and which rows of lists that means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from registry.identities import identities
from registry.judgements import rows
from registry.linkage import records
from registry.models import TERM_ENDED, Erasure, IdentityMember, Record, Scope, Source, Testimony
from registry.models.keeping.erasure import OfOneThing

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

FIRST_RECORDS = """
SELECT f.id FROM registry_record f
WHERE f.source_id = %(source)s AND f.fingerprint <> ''
  AND NOT EXISTS (SELECT 1 FROM registry_record e
                  WHERE e.source_id = f.source_id AND e.key = f.key AND e.version < f.version)
  AND (%(before)s::timestamptz IS NULL OR registry_last_collected(f.id) <= %(before)s)
ORDER BY f.id
"""

HELD = "SELECT id FROM unnest(%s::bigint[]) wanted(id) WHERE registry_held(id)"

VERSIONS = """
SELECT r.id FROM registry_record f JOIN registry_record r ON r.source_id = f.source_id AND r.key = f.key
WHERE f.id = ANY(%s) ORDER BY r.id
"""


@dataclass(frozen=True)
class Target:
    """One thing: a row, an identity or a source."""

    scope: Scope
    row: int | None = None
    identity: UUID | None = None
    source: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """Return it as the columns of a table."""
        return {
            "scope": self.scope, "row_id": self.row, "identity_id": self.identity, "source_id": self.source,
        }  # fmt: skip


def named(text: str) -> Target:
    """Return what a person names: a record (id or SOURCE/KEY), the id of an identity, or a source.

    Raises:
        RegistryError: There is no such thing.
    """
    text = text.strip()
    if _UUID.fullmatch(text):
        return Target(Scope.IDENTITY, identity=identities.resolve(UUID(text)))
    source = Source.objects.filter(slug=text).first()
    if source is not None:
        return Target(Scope.SOURCE, source=source.pk)
    found = records.find(text)
    return Target(Scope.RECORD, row=rows.of_records([found.pk])[found.pk])


def words(thing: OfOneThing) -> str:
    """Say what something is about, by numbers and names of lists alone."""
    if thing.scope == Scope.SOURCE:
        return f"source {thing.source.slug}" if thing.source else "source"
    return f"identity {thing.identity_id}" if thing.scope == Scope.IDENTITY else f"row {thing.row_id}"


def rows_of(erasure: Erasure) -> list[int]:
    """Return the rows, each by its first record, that an erasure is about, with those that people took from documents.

    Where nobody asked but the source's term has ended, only rows older than it, that nothing holds and no identity.
    """
    if erasure.scope == Scope.SOURCE:
        return _of_source(erasure)
    if erasure.row_id is not None:
        found = [erasure.row_id]
    else:
        members = IdentityMember.objects.filter(identity=erasure.identity)
        found = list(members.values_list("row_id", flat=True))
    papers = documents_about(erasure, versions(found))
    taken = list(Record.objects.filter(locator__testimony__in=papers).values_list("pk", flat=True))
    return sorted({*found, *rows.of_records(taken).values()})


def documents_about(erasure: Erasure, held: list[int]) -> list[int]:
    """Return the testimonies and reports about these versions of rows, or about the identity as such."""
    found = set(Testimony.objects.filter(record_id__in=held).values_list("pk", flat=True))
    if erasure.scope == Scope.IDENTITY:
        found |= set(Testimony.objects.filter(identity=erasure.identity).values_list("pk", flat=True))
    return sorted(found)


def versions(of_rows: list[int]) -> list[int]:
    """Return all records that stand under the keys of rows."""
    return _numbers(VERSIONS, [of_rows])


def held(of_rows: list[int]) -> list[int]:
    """Return those of the rows that a hold keeps from erasure."""
    return _numbers(HELD, [of_rows])


def _of_source(erasure: Erasure) -> list[int]:
    source = erasure.source
    assert source is not None
    before = None
    if erasure.asked_by_id is None and erasure.ground == TERM_ENDED:
        if source.retention_days is None:
            return []
        before = timezone.now() - timedelta(days=source.retention_days)
    found = _numbers(FIRST_RECORDS, {"source": source.pk, "before": before})
    if erasure.asked_by_id is None:
        kept = set(held(found)) | set(IdentityMember.objects.filter(row_id__in=found).values_list("row_id", flat=True))
        found = [row for row in found if row not in kept]
    return found


def _numbers(statement: str, values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [int(number) for (number,) in cursor.fetchall()]
