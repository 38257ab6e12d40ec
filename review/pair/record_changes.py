"""What newer deliveries say of a record's row: what was written before, what after, as far as a person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.ingestion import snapshots
from registry.ingestion.snapshots import Change
from registry.models import Record
from registry.provenance.values import as_text, in_order

LATEST = 5
"""So many changes of one row are shown, the latest."""


@dataclass(frozen=True)
class FieldChange:
    """One written field before and after, a string per value; both empty when `withheld` from this person."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    withheld: bool = False


@dataclass(frozen=True)
class RowChange:
    """What one delivery showed of a row that was known before.

    Attributes:
        kind: `changed`, `vanished` or `reappeared`.
        observed_on: The day for which the delivery speaks, or else the day of its collection.
        fields: What differs, in reading order; nothing after the row has vanished.
        kept: Whether both versions are still in the registry, so that `fields` says all.
        records: Numbers of the records that were compared.
    """

    kind: str
    observed_on: date
    fields: tuple[FieldChange, ...]
    kept: bool
    records: tuple[int, ...]


def changes(record: Record, seen: frozenset[FieldClass]) -> tuple[RowChange, ...]:
    """Return the latest changes of a record's row, the earliest of them first.

    Args:
        record: Any version of the row.
        seen: The classes of fields that the reader may see.
    """
    found = snapshots.of_record(record)[-LATEST:]
    differing = [change for change in found if change.fields]
    numbers = {n for change in differing for n in (change.from_record, change.to_record) if n is not None}
    payloads = {record.pk: record.payload for record in Record.objects.filter(pk__in=numbers)}
    return tuple(_change(change, payloads, seen) for change in found)


def _change(change: Change, payloads: dict[int, Any], seen: frozenset[FieldClass]) -> RowChange:
    numbers = [number for number in (change.from_record, change.to_record) if number is not None]
    versions = [payloads[number]["written"] for number in numbers if number in payloads]
    kept = not change.fields or len(versions) == 2
    return RowChange(
        kind=change.kind,
        observed_on=change.observed_on,
        fields=tuple(_field(name, versions, seen) for name in in_order(change.fields)) if kept else (),
        kept=kept,
        records=tuple(numbers) if change.fields and kept else (),
    )


def _field(name: str, versions: Sequence[dict[str, Any]], seen: frozenset[FieldClass]) -> FieldChange:
    if field_access.class_of(name) not in seen:
        return FieldChange(name, (), (), withheld=True)
    before, after = (_texts(version.get(name)) for version in versions)
    return FieldChange(name, before, after)


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for part in values if (text := as_text(part)))
