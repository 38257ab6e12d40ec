"""Records in columns: what each says, which values agree with those of others, and which contradict them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from registry.access.field_access import FieldClass
from registry.judgements import rows
from registry.linkage import explanations
from registry.models import Candidate, Record
from review.pair.side import SideView
from review.pair.sides import side_of
from transliteration.dates.interval import DateError, DateInterval

WEIGHS = 1.0
"""Bits from which on a field of a pair is said to agree, or below whose negative to contradict: twice as likely."""

COMPARED = {"birth": "birth_date"}
"""Fields that the comparison names otherwise than the lists."""

EXCLUSIVE = ("sex", "eyes", "hair")
"""Normalised values of which a child has one."""


@dataclass(frozen=True)
class Column:
    """One record of a child.

    Attributes:
        row: The row of its source.
        side: What this person may see of its newest version.
        verified_version: The version that people verified; None of a record in no identity.
        contradicts, agrees: By field, the rows whose values its own contradicts, and those with which it agrees.
    """

    row: int
    side: SideView
    verified_version: int | None
    contradicts: dict[str, tuple[int, ...]]
    agrees: dict[str, tuple[int, ...]]


def columns(
    records: Sequence[Record], seen: frozenset[FieldClass], verified: dict[int, int] | None = None
) -> tuple[Column, ...]:
    """Return records as columns: those of people who look for the child first, then by the day they speak for.

    Args:
        records: The newest versions of some rows (with source, evidence and batch loaded).
        seen: The classes of fields that the reader may see.
        verified: By row, the version that people verified.
    """
    row = rows.of_records(record.pk for record in records)
    ordered = sorted(records, key=lambda record: (record.source.side != "seeking", str(record.observed_on), record.pk))
    against, together = _compared(ordered, row)
    return tuple(
        Column(
            row[record.pk],
            side_of(record, seen, alone=True),
            (verified or {}).get(row[record.pk]),
            _by_field(against, row[record.pk]),
            _by_field(together, row[record.pk]),
        )
        for record in ordered
    )


_Marks = dict[tuple[str, int], set[int]]


def _compared(records: Sequence[Record], row: dict[int, int]) -> tuple[_Marks, _Marks]:
    """Say of each field and row which other rows it contradicts, and with which it agrees."""
    against: _Marks = defaultdict(set)
    together: _Marks = defaultdict(set)

    def note(field: str, left: int, right: int, bits: float) -> None:
        marks = against if bits < 0 else together
        marks[field, left].add(right)
        marks[field, right].add(left)

    for left, right, field, bits in _weighed([record.pk for record in records]):
        if abs(bits) >= WEIGHS:
            note(COMPARED.get(field, field), row[left], row[right], bits)
    for one, other in combinations(records, 2):
        for field, bits in _plainly(one.payload.get("values", {}), other.payload.get("values", {})):
            if bits < 0 or row[other.pk] not in against[field, row[one.pk]]:
                note(field, row[one.pk], row[other.pk], bits)
    return against, together


def _weighed(ids: Collection[int]) -> Iterable[tuple[int, int, str, float]]:
    """Return what the machine's comparison of each pair says by field, for the pairs that it has compared."""
    pairs = Candidate.objects.filter(left_id__in=ids, right_id__in=ids)
    for left, right, layout, stored in pairs.values_list("left_id", "right_id", "run__layout_id", "reasons"):
        for field, worth in explanations.worth(layout, bytes(stored)).items():
            yield left, right, field, worth


def _plainly(one: dict[str, Any], other: dict[str, Any]) -> Iterable[tuple[str, float]]:
    """Return what anybody sees: days of birth that cannot be one, the other sex, another colour."""
    for field in EXCLUSIVE:
        if one.get(field) and other.get(field):
            yield field, WEIGHS if one[field] == other[field] else -WEIGHS
    if one.get("birth") and other.get("birth"):
        try:
            first, second = DateInterval.from_text(str(one["birth"])), DateInterval.from_text(str(other["birth"]))
        except DateError:
            return
        yield "birth_date", -WEIGHS if first.end < second.start or second.end < first.start else WEIGHS


def _by_field(marks: _Marks, row: int) -> dict[str, tuple[int, ...]]:
    return {field: tuple(sorted(rows)) for (field, own), rows in marks.items() if own == row and rows}
