"""What is new about verified children: records that may belong to them, and members that were corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.judgements import new_evidence
from registry.models import IdentityMember, NewEvidence, Record
from registry.whole_score import WholeScore
from review.child.columns import COMPARED, WEIGHS

SHOWN = 5
"""So much that is new stands on the page of an identity, the likeliest first; the rest is counted."""


@dataclass(frozen=True)
class Weighed:
    """What the members say of a record, in bits; rows name the best and the worst of them.

    Attributes:
        before: Of a corrected member, what the others said of the version that people verified; None if unknown.
        fields: The fields that weigh something, the most telling first, as far as this person may see them.
    """

    together: float
    before: float | None
    best: tuple[int, float]
    worst: tuple[int, float]
    compared: int
    fields: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class News:
    """One thing that is new.

    Attributes:
        row: The row of the record.
        corrected: Whether it is a member whose source has corrected it; else it is a record outside.
        fields: What only it says, or what its source says otherwise now, by name.
        weighed: None on a blind look.
    """

    row: int
    corrected: bool
    source_title: str
    source_class: str
    observed_on: date | None
    fields: tuple[str, ...]
    weighed: Weighed | None


def of_rows(rows: Collection[int], seen: frozenset[FieldClass], *, blind: bool) -> tuple[News, ...]:
    """Return what is new on a page of these rows for those that are verified; without bits on a blind look."""
    found = NewEvidence.objects.filter(identity__members__row_id__in=rows, row_id__in=rows).distinct()
    return _news(found.order_by("-probability", "pk"), seen, blind=blind)


def of_identity(identity: UUID, seen: frozenset[FieldClass]) -> tuple[tuple[News, ...], int]:
    """Return what is new about an identity, the likeliest first, and how much of it is not shown."""
    found = list(NewEvidence.objects.filter(identity_id=identity).order_by("-probability", "pk"))
    return _news(found[:SHOWN], seen, blind=False), len(found[SHOWN:])


def _news(evidence: Iterable[NewEvidence], seen: frozenset[FieldClass], *, blind: bool) -> tuple[News, ...]:
    found = list(evidence)
    if not found:
        return ()
    scores = {} if blind else new_evidence.explained(found)
    members = list(IdentityMember.objects.filter(identity_id__in={one.identity_id for one in found}))
    wanted = {one.record_id for one in found} | {n for m in members for n in (m.record_id, m.shown_id)}
    known = Record.objects.select_related("source").in_bulk(wanted)
    news = []
    for one in found:
        own = [member for member in members if member.identity_id == one.identity_id]
        verified = next((known[member.record_id] for member in own if member.row_id == one.row_id), None)
        record = known[one.record_id]
        others = [known[member.shown_id] for member in own if member.row_id != one.row_id]
        fields = _changed(verified, record) if verified else _only(record, others)
        told = tuple(field for field in fields if _seen(field, seen))
        weighed = _weighed(one, scores[one.pk], seen) if one.pk in scores else None
        source = record.source
        news.append(
            News(one.row_id, verified is not None, source.title, source.source_class, record.observed_on, told, weighed)
        )
    return tuple(news)


def _weighed(one: NewEvidence, score: WholeScore, seen: frozenset[FieldClass]) -> Weighed:
    return Weighed(
        score.together,
        one.before,
        (score.best.member, score.best.weight),
        (score.worst.member, score.worst.weight),
        one.compared,
        tuple((field, bits) for field, bits in score.fields if abs(bits) >= WEIGHS and _seen(field, seen)),
    )


def _seen(field: str, seen: frozenset[FieldClass]) -> bool:
    return field_access.class_of(COMPARED.get(field, field)) in seen


def _only(record: Record, others: Iterable[Record]) -> list[str]:
    """Return the fields that a record fills and no other does."""
    known = {field for other in others for field, value in other.payload["written"].items() if value}
    return [field for field, value in record.payload["written"].items() if value and field not in known]


def _changed(before: Record, now: Record) -> list[str]:
    """Return the fields that a newer version writes otherwise."""
    old, new = before.payload["written"], now.payload["written"]
    return [field for field in dict.fromkeys([*new, *old]) if new.get(field) != old.get(field)]
