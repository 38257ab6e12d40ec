"""The records behind transfers, as rows that lead back to their evidence; without anybody who refuses tracing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.models import Record, Transfer, TransferMember
from registry.provenance import disclosure
from registry.provenance.values import as_text

COLUMNS = (
    *("transfer", "kind", "origin", "region", "moved_from", "moved_to"),
    *("found_record", "found_source", "found_key", "evidence_sha256", "locator"),
    *("report_record", "report_source", "report_key", "pair_status"),
)

WITHHELD_AMONG = """
SELECT r.id FROM registry_record r JOIN registry_withheldrow w ON w.source_id = r.source_id AND w.key = r.key
WHERE r.id = ANY(%s::bigint[])
"""

STANDING = """
SELECT asked.l, asked.r, c.status FROM unnest(%s::bigint[], %s::bigint[]) AS asked(l, r)
JOIN registry_candidate c ON least(c.left_id, c.right_id) = least(asked.l, asked.r)
    AND greatest(c.left_id, c.right_id) = greatest(asked.l, asked.r)
"""


def rows(seen: frozenset[FieldClass]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the number of each transfer with a row for each record behind it, the largest transfer first.

    Args:
        seen: The classes of fields that the reader may see; what stands in others is `withheld`.
    """
    for transfer in Transfer.objects.order_by("-families", "pk"):
        for row in _of(transfer, seen):
            yield str(transfer.pk), row


def places(transfers: Sequence[Transfer], seen: frozenset[FieldClass]) -> dict[int, tuple[str, str]]:
    """Return origin and region of transfers as a record behind each writes them, by number; `withheld` where unseen."""
    members = TransferMember.objects.filter(transfer__in=transfers).order_by("transfer_id", "seeking_id", "pk")
    first = {member.transfer_id: member for member in members.distinct("transfer_id")}
    wanted = {record for one in first.values() for record in (one.found_id, one.seeking_id) if record}
    written = {record.pk: record.payload.get("written", {}) for record in Record.objects.filter(pk__in=wanted)}
    out = {}
    for transfer in transfers:
        member = first.get(transfer.pk)
        if member is None:
            out[transfer.pk] = ("", "")
            continue
        of = written.get(member.seeking_id or member.found_id, {}), written.get(member.found_id, {})
        said = (as_text(of[0].get(transfer.kind)), as_text(of[1].get("region")))
        classes = (field_access.class_of(transfer.kind), FieldClass.PRESENT_LOCATION)
        shown = [text if kind in seen else field_access.WITHHELD for text, kind in zip(said, classes, strict=True)]
        out[transfer.pk] = (shown[0], shown[1])
    return out


def standing(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return how pairs of records stand, of those that are candidates."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [[a for a, _ in pairs], [b for _, b in pairs]])
        return {(a, b): str(status) for a, b, status in cursor.fetchall()}


def _of(transfer: Transfer, seen: frozenset[FieldClass]) -> Iterator[tuple[object, ...]]:
    origin, region = places([transfer], seen)[transfer.pk]
    members = list(transfer.members.order_by("pk"))
    ids = {record for one in members for record in (one.found_id, one.seeking_id) if record}
    with connection.cursor() as cursor:
        cursor.execute(WITHHELD_AMONG, [list(ids)])
        refused = {record for (record,) in cursor.fetchall()}
    records = Record.objects.select_related("source", "evidence", "batch__source").in_bulk(ids - refused)
    status = standing([(one.found_id, one.seeking_id) for one in members if one.seeking_id])
    for one in members:
        found, report = records.get(one.found_id), records.get(one.seeking_id or 0)
        if found is None or (one.seeking_id and report is None):
            continue
        locator = disclosure.place(found, seen).to_json()
        yield (
            *(transfer.digest, transfer.kind, origin, region, transfer.moved_from or "", transfer.moved_to or ""),
            *_named(found, seen),
            found.evidence.sha256,
            "; ".join(f"{name} {part}" for name, part in locator.items()),
            *(_named(report, seen) if report else ("", "", "")),
            status.get((one.found_id, one.seeking_id or 0), ""),
        )


def _named(record: Record, seen: frozenset[FieldClass]) -> tuple[str, str, str]:
    slug = record.source.slug
    return disclosure.reference(slug, record.key), slug, disclosure.key(record, seen)
