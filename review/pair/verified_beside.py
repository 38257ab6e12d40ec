"""Records that people have verified to be one child with a record of the pair: their values stand beside its own."""

from __future__ import annotations

from collections.abc import Sequence

from registry.access import field_access
from registry.judgements import rows
from registry.models import IdentityMember, OpeningKind, Record, User
from review.pair.side import SideView
from review.pair.sides import side_of
from review.queue import budget

HANDFUL = 5
"""No more of one identity is shown beside a pair."""


def beside(user: User, records: Sequence[int]) -> dict[int, tuple[SideView, ...]]:
    """Return, for each of some records, the other records of its verified identity as this person may see them.

    They count among the children beside a pair (`budget`); what is beyond a person's measure is left out.
    """
    row = rows.of_records(records)
    identity = dict(IdentityMember.objects.filter(row_id__in=row.values()).values_list("row_id", "identity_id"))
    members = list(
        IdentityMember.objects.filter(identity_id__in=identity.values())
        .exclude(row_id__in=row.values())
        .order_by("pk")
        .values_list("identity_id", "row_id")
    )
    if not members:
        return {}
    current = rows.current(number for _identity, number in members)
    allowed = budget.allow(user, OpeningKind.AROUND, sorted(set(current.values())))
    known = {
        record.pk: record
        for record in Record.objects.select_related("source", "evidence", "batch").filter(pk__in=allowed)
    }
    seen = field_access.of_person(user)
    found: dict[int, tuple[SideView, ...]] = {}
    for record in records:
        mine = identity.get(row[record])
        others = [current[number] for holder, number in members if mine is not None and holder == mine]
        shown = [known[other] for other in others if other in known][:HANDFUL]
        found[record] = tuple(side_of(other, seen, alone=True) for other in shown)
    return found
