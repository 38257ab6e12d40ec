"""Brothers and sisters of a child as its records name them, and how each of them stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from registry.judgements import rows
from registry.models import OpeningKind, User
from review.pair.surroundings import HANDFUL, Neighbour, neighbours, siblings_of
from review.queue import budget


@dataclass(frozen=True)
class Sibling:
    """A brother or sister beside a record."""

    record_id: int
    child: Neighbour


def of_records(user: User, records: Collection[int]) -> tuple[Sibling, ...]:
    """Return the brothers and sisters of some records of one child: a handful for each record, each row once.

    Those beyond what this person may open beside pairs are left out, as on the page of a pair.
    """
    found = siblings_of(records)
    row = rows.of_records({*found, *records})
    own = {row[record] for record in records}
    wanted = {row[record]: record for record in sorted(found) if row[record] not in own}
    shown = dict(list(wanted.items())[: 4 * HANDFUL])
    known = neighbours(user, set(budget.allow(user, OpeningKind.AROUND, sorted(shown.values()))))
    return tuple(Sibling(record, known[record]) for record in shown.values() if record in known)
