"""One record as a reader may see it, side by side with another or in a column of its own."""

from __future__ import annotations

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.models import Record
from registry.provenance import disclosure
from registry.provenance.values import as_text, in_order, reading
from review.pair import originals, record_changes
from review.pair.side import FieldView, SideView
from sources.locator import Locator

ELLIPSIS = "…"


def side_of(record: Record, seen: frozenset[FieldClass], *, alone: bool = False) -> SideView:
    """Return a record as a reader may see it; `alone` leaves its files unread and its changes out."""
    source, evidence, batch = record.source, record.evidence, record.batch
    return SideView(
        record_id=record.pk,
        source=source.slug,
        source_title=source.title,
        source_class=source.source_class,
        side=source.side,
        reliability=source.reliability,
        names_pseudonymised=source.names_pseudonymised,
        key=disclosure.key(record, seen),
        version=record.version,
        language=record.language,
        observed_on=record.observed_on,
        evidence_sha256=evidence.sha256,
        evidence_size=evidence.size,
        evidence_state=originals.NOT_READ if alone else originals.state_of(evidence.sha256, evidence.size),
        media_type=evidence.media_type,
        collected_at=batch.collected_at,
        collected_how=batch.collected_how,
        locator=disclosure.place(record, seen, instead=ELLIPSIS),
        fields=tuple(_fields(record, seen)),
        values=field_access.only(record.payload.get("values", {}), seen),
        changes=() if alone else record_changes.changes(record, seen),
    )


def _fields(record: Record, seen: frozenset[FieldClass]) -> list[FieldView]:
    """Return the written fields in reading order; those that may not be seen are there, but withheld."""
    payload = record.payload
    written = payload["written"]
    normalised, romanised = payload.get("values", {}), payload.get("romanised", {})
    classes = disclosure.of_record(record)
    return [
        FieldView(
            field=field,
            written=tuple(map(as_text, written[field] if isinstance(written[field], list) else [written[field]])),
            romanised=as_text(romanised.get(field)),
            normalised=reading(normalised, field),
            locator=disclosure.masked(Locator.from_json(record.locator).of_field(field), classes, seen, ELLIPSIS),
        )
        if field_access.class_of(field) in seen
        else FieldView(field=field, written=(), romanised="", normalised="", locator=Locator(), withheld=True)
        for field in in_order(written)
        if as_text(written[field])
    ]
