"""Brothers and sisters of a child as its records name them, and how each of them stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from registry.judgements import rows
from registry.models import IdentityMember, User
from review.pair.surroundings import HANDFUL, Neighbour, neighbours, siblings_of


@dataclass(frozen=True)
class Sibling:
    """A brother or sister beside a record; `identity` is set when people have verified it."""

    record_id: int
    child: Neighbour
    identity: UUID | None


def of_records(user: User, records: Collection[int]) -> tuple[Sibling, ...]:
    """Return the brothers and sisters of some records of one child: a handful for each record, each row once."""
    found = siblings_of(records)
    row = rows.of_records({*found, *records})
    own = {row[record] for record in records}
    wanted = {row[record]: record for record in sorted(found) if row[record] not in own}
    shown = dict(list(wanted.items())[: 4 * HANDFUL])
    held = dict(IdentityMember.objects.filter(row_id__in=shown).values_list("row_id", "identity_id"))
    known = neighbours(user, set(shown.values()))
    return tuple(
        Sibling(record, known[record], held.get(number)) for number, record in shown.items() if record in known
    )
