"""A would-be identity: all records that the machine holds for one child, around a pair that somebody has taken.

Rows that people have verified together are one unit; every other row is a unit of its own, and so is a row that its
source has corrected since, where a pair of it waits. Two units belong together where a waiting pair between them is
likely; so twins, brothers and sisters, whose pairs are not, stay out, and where a likely pair leads to another child,
`kept_apart` parts the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import SQL

from registry import audit
from registry.access import field_access
from registry.errors import ReviewError
from registry.judgements import rows
from registry.models import Candidate, CandidateStatus, IdentityMember, Record, User, Verdict
from review.child import kept_apart, news
from review.child.columns import Column, columns
from review.child.news import News
from review.queue import budget, gold_items, statements

LIKELY = 0.5
"""Pairs less probable than this do not make records belong together."""

MOST = 12
"""So many rows at most stand on one page: more cannot be compared by eye."""

SEEN = "child.seen"

# Pairs of these records that this person may judge now, with their two records; the taken one is theirs.
WAITING = SQL("""
SELECT c.id, c.left_id, c.right_id, c.probability, c.status FROM registry_candidate c
WHERE c.id IN (SELECT id FROM registry_candidate WHERE left_id = ANY(%(records)s)
               UNION SELECT id FROM registry_candidate WHERE right_id = ANY(%(records)s))
  AND c.status IN ('open', 'second') AND NOT c.escalated AND NOT c.listed_twice
  AND (c.reserved_until IS NULL OR c.reserved_until < %(now)s OR c.reserved_by_id = %(user)s)
  AND NOT EXISTS (SELECT 1 FROM registry_golditem g WHERE g.candidate_id = c.id)
""")


@dataclass(frozen=True)
class Pair:
    """A waiting pair between two units."""

    id: int
    left: int
    right: int
    probability: float
    second: bool


@dataclass(frozen=True)
class Unit:
    """Rows that are judged as one: verified together already, or one row; named by its smallest row."""

    rows: tuple[int, ...]
    verified: bool

    @property
    def number(self) -> int:
        """Return the smallest row."""
        return self.rows[0]


@dataclass(frozen=True)
class WouldBe:
    """The units of a would-be identity and the pairs between them.

    Attributes:
        seed: The pair that was taken.
        never: Pairs of its rows that cannot be one child, as verdicts and descriptions of lists stand.
        left_out: How many rows a likely pair leads to that go with another child.
    """

    seed: int
    units: tuple[Unit, ...]
    pairs: tuple[Pair, ...]
    never: kept_apart.Apart = frozenset()
    left_out: int = 0

    @property
    def is_more_than_a_pair(self) -> bool:
        """Tell whether there is more to see than two records."""
        return len(self.units) > 2 or sum(len(unit.rows) for unit in self.units) > 2


@dataclass(frozen=True)
class ChildPage:
    """Everything the page of a would-be identity shows: no earlier verdict, and no number to the second person."""

    of: WouldBe
    columns: tuple[tuple[Unit, tuple[Column, ...]], ...]
    news: tuple[News, ...]
    reserved_until: datetime


def around(user: User, seed: Candidate) -> WouldBe:
    """Gather what belongs to a taken pair by the machine's reckoning."""
    row = rows.of_records([seed.left_id, seed.right_id])
    held: dict[int, tuple[int, ...]] = {}
    verified: dict[int, int] = {}
    found: dict[int, _Found] = {}
    frontier, record_of = set(row.values()), {number: record for record, number in row.items()}
    while frontier:
        held |= _units(frontier, verified)
        members = {number for unit in held.values() for number in unit}
        record_of |= rows.current(members)
        records = [record_of[number] for unit in {*held.values()} for number in unit]
        waiting = _waiting(user, {*records, seed.left_id, seed.right_id})
        row |= rows.of_records({record for _, left, right, _, _ in waiting for record in (left, right)})
        frontier = set()
        for pair in sorted(waiting, key=lambda one: (one[0] != seed.pk, -one[3], one[0])):
            number, left, right, probability, _ = pair
            if number != seed.pk and probability < LIKELY:
                continue
            new = {row[left], row[right]} - members
            if len(members | frontier | new) > MOST and number != seed.pk:
                continue
            found[number] = pair
            frontier |= new
    units = _parted(held, verified, row, found.values())
    unit_of = {number: unit.number for unit in units.values() for number in unit.rows}
    pairs = tuple(
        Pair(number, unit_of[row[left]], unit_of[row[right]], probability, status == CandidateStatus.SECOND)
        for number, left, right, probability, status in found.values()
        if row[left] in unit_of and row[right] in unit_of and unit_of[row[left]] != unit_of[row[right]]
    )
    return _with_the_seed(seed, (unit_of[row[seed.left_id]], unit_of[row[seed.right_id]]), units, pairs, record_of)


def look(user: User, candidate_id: int) -> ChildPage:
    """Return a would-be identity as this person may see it, and log that they saw it.

    Raises:
        ReviewError: They do not hold the pair or its lease has run out, or it is but a pair (`pair`); or they have
            opened as much as one person may.
    """
    held = Candidate.objects.filter(pk=candidate_id, reserved_by=user, reserved_until__gt=timezone.now())
    seed = held.filter(
        status__in=[CandidateStatus.OPEN, CandidateStatus.SECOND], escalated=False, listed_twice=False
    ).first()
    if seed is None:
        raise ReviewError("pair", "This person does not hold such a pair")
    whole = around(user, seed)
    if not whole.is_more_than_a_pair or gold_items.item_of(seed) is not None:
        raise ReviewError("pair", "There is only a pair to see")
    budget.open_pair(user, seed.pk)
    paid = set(rows.of_records([seed.left_id, seed.right_id]).values())  # by the pair
    budget.open_child(user, {number for unit in whole.units for number in unit.rows} - paid)
    with transaction.atomic():
        newest = rows.current([number for unit in whole.units for number in unit.rows])
        records = Record.objects.select_related("source", "evidence", "batch").filter(pk__in=newest.values())
        seen = field_access.of_person(user)
        shown = {column.row: column for column in columns(list(records), seen)}
        parts = tuple((unit, tuple(shown[number] for number in unit.rows)) for unit in whole.units)
        fresh = news.of_rows(newest, seen, blind=any(pair.second for pair in whole.pairs))
        audit.append(str(user.pk), SEEN, "candidate", str(seed.pk), {"records": sorted(newest.values())})
    assert seed.reserved_until is not None
    return ChildPage(whole, parts, fresh, seed.reserved_until)


def verdicts(whole: WouldBe, said: Mapping[int, str]) -> dict[int, str]:
    """Turn what a person said of each unit into verdicts on pairs; what these imply is asked of nobody.

    A pair on which somebody has given a verdict gets one, where both of its units were spoken of. Then as many further
    pairs as it takes to join the units of the child, and one for each unit that is not, the likeliest first.

    Args:
        whole: The would-be identity.
        said: By unit, `same` (this child), `different` or `cannot_tell`; a unit not spoken of is left open.

    Returns:
        Verdict by candidate.
    """
    child = {unit for unit, verdict in said.items() if verdict == Verdict.SAME}
    given: dict[int, str] = {}
    root = {unit: unit for unit in child}

    def top(unit: int) -> int:
        while root[unit] != unit:
            unit = root[unit]
        return unit

    spoken: dict[int, bool] = defaultdict(bool)
    for pair in sorted(whole.pairs, key=lambda one: (not one.second, -one.probability, one.id)):
        inside = [unit for unit in (pair.left, pair.right) if unit in child]
        outside = [unit for unit in (pair.left, pair.right) if unit in said and unit not in child]
        if len(inside) == 2:
            joins = top(pair.left) != top(pair.right)
            if joins:
                root[top(pair.left)] = top(pair.right)
            if joins or pair.second:
                given[pair.id] = Verdict.SAME
        elif len(inside) == 1 and len(outside) == 1 and (pair.second or not spoken[outside[0]]):
            spoken[outside[0]] = True
            given[pair.id] = said[outside[0]]
    return given


_Found = tuple[int, int, int, float, str]
"""A waiting pair: number, left and right record, probability, status."""


def _with_the_seed(
    seed: Candidate, sides: tuple[int, int], units: Mapping[int, Unit], pairs: Sequence[Pair], record_of: dict[int, int]
) -> WouldBe:
    """Leave out what goes with another child."""
    every = sorted(number for unit in units.values() for number in unit.rows)
    never = kept_apart.one_child_never(every)
    apart = never | kept_apart.two_families({number: record_of[number] for number in every}, LIKELY)
    likely = [(pair.left, pair.right, pair.probability) for pair in pairs]
    kept = kept_apart.with_the_seed((units[number].rows for number in sorted(units)), sides, likely, apart)
    return WouldBe(
        seed.pk,
        tuple(units[number] for number in sorted(units) if number in kept),
        tuple(pair for pair in pairs if pair.left in kept and pair.right in kept),
        frozenset(pair for pair in never if pair <= kept),
        len(every) - len(kept),
    )


def _parted(
    held: Mapping[int, tuple[int, ...]], verified: Mapping[int, int], row: Mapping[int, int], pairs: Iterable[_Found]
) -> dict[int, Unit]:
    """Return the units by number, corrected rows of which a pair waits apart from those that they stand with."""
    loose = {
        row[record]
        for _, left, right, _, _ in pairs
        if held.get(row[left]) is not None and held.get(row[left]) == held.get(row[right])
        for record in (left, right)
        if record != verified[row[record]]
    }
    parts = {tuple(number for number in unit if number not in loose) for unit in held.values()} - {()}
    return {unit[0]: Unit(unit, len(unit) > 1) for unit in (*parts, *((number,) for number in loose))}


def _units(wanted: Collection[int], verified: dict[int, int]) -> dict[int, tuple[int, ...]]:
    """Return the unit of each row and of those that stand with it; note the version of each that people verified."""
    whole: dict[object, list[int]] = defaultdict(list)
    of: dict[int, object] = {}
    members = IdentityMember.objects.filter(identity__members__row_id__in=wanted).distinct()
    for row, identity, record in members.values_list("row_id", "identity_id", "record_id"):
        verified[row] = record
        whole[identity].append(row)
        of[row] = identity
    units = {row: tuple(sorted(whole[identity])) for row, identity in of.items()}
    return units | {row: (row,) for row in wanted if row not in units}


def _waiting(user: User, records: Iterable[int]) -> list[_Found]:
    values: dict[str, Any] = {"records": list(records), "user": user.pk, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(WAITING + statements.FOR_USER, values)
        return list(cursor.fetchall())
