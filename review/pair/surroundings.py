"""What stands around a pair: brothers and sisters, the roster, other pairs of its records. Never more than a handful.

All of it comes through the same sight as the pair itself, and what was shown is logged with the look.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from registry.access import field_access
from registry.access.field_access import FieldClass
from registry.judgements import rows
from registry.models import Candidate, CandidateStatus, IdentityMember, OpeningKind, Record, Review, User
from registry.models.candidate import UNDECIDED
from registry.provenance.values import as_text
from review.queue import budget, gold_items

HANDFUL = 5
"""No list is longer: whoever wants to see a register has no business here."""

SIBLINGS = """
SELECT record_id, other FROM (
    SELECT g.record_id, g.other, row_number() OVER (PARTITION BY g.record_id ORDER BY g.other) AS place
    FROM (SELECT DISTINCT g.record_id, o.record_id AS other FROM registry_recordgroup g
          JOIN registry_recordgroup o ON o.digest = g.digest AND o.record_id <> g.record_id
              AND NOT (g.kind = 'self' AND o.kind = 'self')
          WHERE g.record_id = ANY(%(records)s) AND g.kind IN ('mother', 'self', 'named')) g
    JOIN registry_record r ON r.id = g.other AND r.is_current
    WHERE NOT EXISTS (
        SELECT 1 FROM registry_recordgroup a JOIN registry_recordgroup b ON b.digest = a.digest
        WHERE a.record_id = g.record_id AND b.record_id = g.other AND a.kind = 'self' AND b.kind = 'self')
) ranked WHERE place <= %(limit)s ORDER BY record_id, other
"""

# The nearest rows of the roster on either side; records of one file are numbered in the order of the file.
ROSTERS = """
SELECT g.record_id, g.kind, (SELECT count(*) FROM registry_recordgroup n WHERE n.digest = g.digest), ARRAY(
    SELECT near.record_id FROM (
        (SELECT b.record_id FROM registry_recordgroup b WHERE b.digest = g.digest AND b.record_id < g.record_id
         ORDER BY b.record_id DESC LIMIT %(limit)s)
        UNION ALL
        (SELECT b.record_id FROM registry_recordgroup b WHERE b.digest = g.digest AND b.record_id > g.record_id
         ORDER BY b.record_id LIMIT %(limit)s)
    ) near ORDER BY abs(near.record_id - g.record_id) LIMIT %(limit)s)
FROM registry_recordgroup g WHERE g.record_id = ANY(%(records)s) AND g.kind IN ('transfer', 'institution')
"""


@dataclass(frozen=True)
class Neighbour:
    """Another child beside the pair: enough to recognise it, and whether it is in a verified identity.

    `name` is '' when it is not given, `withheld` when this person may not see it; `birth` is an interval of ISO days.
    """

    record_id: int
    name: str
    romanised: str
    birth: str
    language: str
    source_title: str
    verified: bool
    withheld: bool = False


@dataclass(frozen=True)
class Roster:
    """Other children of the list or institution that a record stands in; `total` counts the record itself as well."""

    kind: str
    total: int
    nearest: tuple[Neighbour, ...]


@dataclass(frozen=True)
class OtherPair:
    """Another candidate of one of the two records.

    Attributes:
        state: `waits`, `in_hands`, `judged` (by this person), `verified`, `rejected` or `unresolved`.
        side: `left` or `right`: which of the two records, as this person sees them, is in both pairs.
        probability: The model's own score; None on a blind review.
        calibrated_probability: What the score is worth by people's verdicts; None when blind, or when nobody knows.
    """

    candidate_id: int
    side: str
    other: Neighbour
    state: str
    probability: float | None
    calibrated_probability: float | None


@dataclass(frozen=True)
class SiblingPair:
    """A brother or sister of one record and one of the other, or of its list, proposed (or verified) as one child."""

    candidate_id: int
    left: Neighbour
    right: Neighbour
    verified: bool


@dataclass(frozen=True)
class Context:
    """Everything around a pair, per side where it belongs to one; sides as this person sees them."""

    siblings: tuple[tuple[Neighbour, ...], tuple[Neighbour, ...]]
    rosters: tuple[Roster | None, Roster | None]
    sibling_pairs: tuple[SiblingPair, ...]
    others: tuple[OtherPair, ...]

    @property
    def records(self) -> list[int]:
        """Return the numbers of all records that are shown."""
        shown = {n.record_id for side in self.siblings for n in side}
        shown |= {n.record_id for roster in self.rosters if roster for n in roster.nearest}
        shown |= {pair.other.record_id for pair in self.others}
        return sorted(shown)


NOTHING = Context(((), ()), (None, None), (), ())
"""What stands around a pair when nobody asks for it."""


def around(user: User, candidate: Candidate, left: int, right: int, *, blind: bool) -> Context:
    """Return what stands around a pair.

    Args:
        user: Who looks.
        candidate: The pair they hold.
        left: Number of the record on the left as this person sees it; `right` likewise.
        right: Number of the record on the right.
        blind: Whether scores are hidden.
    """
    found, rosters = _siblings_of(left, right), _rosters_of(left, right)
    others = list(_others(candidate))
    wanted = {record for side in found for record in side} | {r for roster in rosters if roster for r in roster[2]}
    wanted |= {record for other in others for record in (other.left_id, other.right_id)}
    beside = budget.allow(user, OpeningKind.AROUND, sorted(wanted - {left, right}))
    known = neighbours(user, wanted & (beside | {left, right}))
    judged = _judged(user, others)
    return Context(
        siblings=(_known(found[0], known), _known(found[1], known)),
        rosters=(_roster(rosters[0], known), _roster(rosters[1], known)),
        sibling_pairs=_sibling_pairs(found, [[*found[side], *_nearest(rosters[side])] for side in (0, 1)], known),
        others=tuple(
            _other(pair, left, right, known, judged, user, blind=blind)
            for pair in others
            if pair.left_id in known and pair.right_id in known
        ),
    )


def others_of(user: User, candidate: Candidate, left: int, right: int, *, blind: bool, most: int) -> list[OtherPair]:
    """Return other pairs of the two records, the likeliest first, as far as this person may open what stands beside.

    Args:
        user: Who looks.
        candidate: The pair they hold.
        left: Number of the record on the left as this person sees it; `right` likewise.
        right: Number of the record on the right.
        blind: Whether scores are hidden.
        most: How many.
    """
    others = _others(candidate, most)
    wanted = {record for other in others for record in (other.left_id, other.right_id)}
    beside = budget.allow(user, OpeningKind.AROUND, sorted(wanted - {left, right}))
    known = neighbours(user, wanted & (beside | {left, right}))
    judged = _judged(user, others)
    return [
        _other(pair, left, right, known, judged, user, blind=blind)
        for pair in others
        if pair.left_id in known and pair.right_id in known
    ]


def neighbours(user: User, record_ids: set[int]) -> dict[int, Neighbour]:
    """Return records as neighbours, by their numbers, as far as this person may see them."""
    seen = field_access.of_person(user)
    found = list(Record.objects.filter(pk__in=record_ids).select_related("source"))
    row = rows.of_records(record_ids)
    verified = set(IdentityMember.objects.filter(row_id__in=row.values()).values_list("row_id", flat=True))
    return {record.pk: _neighbour(record, seen, verified=row[record.pk] in verified) for record in found}


def siblings_of(records: Collection[int]) -> set[int]:
    """Return the brothers and sisters of records in their own sources, a handful for each."""
    with connection.cursor() as cursor:
        cursor.execute(SIBLINGS, {"records": list(records), "limit": HANDFUL})
        return {other for _, other in cursor.fetchall()}


def _siblings_of(left: int, right: int) -> tuple[list[int], list[int]]:
    """Return the brothers and sisters of both records in their own sources."""
    with connection.cursor() as cursor:
        cursor.execute(SIBLINGS, {"records": [left, right], "limit": HANDFUL})
        found = cursor.fetchall()
    return [other for record, other in found if record == left], [other for record, other in found if record == right]


def _rosters_of(left: int, right: int) -> list[tuple[str, int, list[int]] | None]:
    """Return kind, size and nearest records of the rosters that both records stand in."""
    with connection.cursor() as cursor:
        cursor.execute(ROSTERS, {"records": [left, right], "limit": HANDFUL})
        found = {record: (kind, total, sorted(nearest)) for record, kind, total, nearest in cursor.fetchall()}
    return [found.get(left), found.get(right)]


def _roster(found: tuple[str, int, list[int]] | None, known: dict[int, Neighbour]) -> Roster | None:
    if found is None or not found[2]:
        return None
    return Roster(found[0], found[1], _known(found[2], known))


def _known(record_ids: Sequence[int], known: dict[int, Neighbour]) -> tuple[Neighbour, ...]:
    return tuple(known[record] for record in record_ids if record in known)


def _judged(user: User, others: Sequence[Candidate]) -> set[int]:
    own = Review.objects.filter(reviewer=user, candidate__in=others, withdrawal=None)
    return set(own.values_list("candidate", flat=True)) | gold_items.judged_among(user, others)


def _others(candidate: Candidate, most: int = HANDFUL) -> Sequence[Candidate]:
    """Return other pairs of the two records; not those of earlier versions of both rows, whose end would tell."""
    pair = [candidate.left_id, candidate.right_id]
    found = Candidate.objects.filter(Q(left__in=pair) | Q(right__in=pair)).exclude(pk=candidate.pk).defer("reasons")
    one, other = candidate.left, candidate.right
    for left, right in ((one, other), (other, one)):
        found = found.exclude(
            left__source=left.source_id, left__key=left.key, right__source=right.source_id, right__key=right.key
        )
    return list(found.exclude(status=CandidateStatus.SUPERSEDED).order_by("-probability", "pk")[:most])


def _nearest(roster: tuple[str, int, list[int]] | None) -> list[int]:
    return roster[2] if roster else []


def _sibling_pairs(
    siblings: Sequence[list[int]], around: Sequence[list[int]], known: dict[int, Neighbour]
) -> tuple[SiblingPair, ...]:
    """Find the pairs between what stands around both records, with a brother or sister on one side at least."""
    (left, right), (by_left, by_right) = siblings, around
    found = (
        Candidate.objects.defer("reasons")
        .filter(
            Q(left__in=left, right__in=by_right)
            | Q(left__in=by_right, right__in=left)
            | Q(left__in=by_left, right__in=right)
            | Q(left__in=right, right__in=by_left),
            status__in=[*UNDECIDED, CandidateStatus.VERIFIED],
            listed_twice=False,
        )
        .order_by("-probability", "pk")[:HANDFUL]
    )
    pairs = []
    for c in found:
        one, other = (c.left_id, c.right_id) if c.left_id in by_left else (c.right_id, c.left_id)
        if one in known and other in known:
            pairs.append(SiblingPair(c.pk, known[one], known[other], c.status == CandidateStatus.VERIFIED))
    return tuple(pairs)


def _other(
    pair: Candidate, left: int, right: int, known: dict[int, Neighbour], judged: set[int], user: User, *, blind: bool
) -> OtherPair:
    shared, other = (pair.left_id, pair.right_id) if pair.left_id in (left, right) else (pair.right_id, pair.left_id)
    held = pair.reserved_by_id not in (None, user.pk) and pair.reserved_until is not None
    if pair.status not in UNDECIDED:
        state = str(pair.status)
    elif pair.pk in judged:
        state = "judged"
    elif held and pair.reserved_until is not None and pair.reserved_until > timezone.now():
        state = "in_hands"
    else:
        state = "waits"
    hidden = blind or pair.status == CandidateStatus.SECOND
    return OtherPair(
        candidate_id=pair.pk,
        side="left" if shared == left else "right",
        other=known[other],
        state=state,
        probability=None if hidden else pair.probability,
        calibrated_probability=None if hidden else pair.calibrated_probability,
    )


def _neighbour(record: Record, seen: frozenset[FieldClass], *, verified: bool) -> Neighbour:
    written, romanised = record.payload.get("written", {}), record.payload.get("romanised", {})
    visible = FieldClass.IDENTITY in seen

    def name_in(values: dict[str, Any]) -> str:
        parts = [as_text(values.get(part)) for part in ("surname", "given", "patronymic")]
        return as_text(values.get("full_name")) or " ".join(part for part in parts if part)

    return Neighbour(
        record_id=record.pk,
        name=name_in(written) if visible else "",
        romanised=name_in(romanised) if visible else "",
        birth=as_text(record.payload.get("values", {}).get("birth")) if visible else "",
        language=record.language,
        source_title=record.source.title,
        verified=verified,
        withheld=not visible,
    )
