"""What the events tell of identities, replayed from the first, and what the tables hold: they must be equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from registry.judgements import rows
from registry.models import EventKind, Identity, IdentityEvent, IdentityMember, IdentityStatus


@dataclass
class State:
    """How an identity stands: by row, the versions that people verified and that the feed gives."""

    status: str = IdentityStatus.VERIFIED
    merged_into: UUID | None = None
    withheld: bool = False
    members: dict[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One event as it is replayed."""

    identity: UUID
    kind: str
    data: dict[str, Any]


def states() -> dict[UUID, State]:
    """Return all identities as the events tell them."""
    found = IdentityEvent.objects.order_by("seq")
    log = [
        Told(identity, kind, data if isinstance(data, dict) else {})
        for identity, kind, data in found.values_list("identity_id", "kind", "data").iterator()
    ]
    return replayed(log, rows.of_records(_records(log)))


def replayed(log: Iterable[Told], row: dict[int, int]) -> dict[UUID, State]:
    """Replay events in order; `row` gives the row of each record that they name."""
    made: dict[UUID, State] = defaultdict(State)
    for event in log:
        state, data = made[event.identity], event.data
        for record in data.get("records") or ():
            number = row.get(record, 0)
            newest = max(record, state.members.get(number, (0, 0))[0])
            state.members[number] = newest, newest
        for record in data.get("corrected") or ():
            if (known := state.members.get(row.get(record, 0))) is not None:
                state.members[row[record]] = known[0], record
        if event.kind == EventKind.MERGED and (into := _uuid(data.get("merged_into"))):
            for number, versions in state.members.items():
                made[into].members[number] = max(versions, made[into].members.get(number, (0, 0)))
            state.members, state.status, state.merged_into = {}, IdentityStatus.MERGED, into
            for alias in made.values():
                if alias.merged_into == event.identity:
                    alias.merged_into = into
        elif event.kind == EventKind.SPLIT:
            for record in data.get("left") or ():
                state.members.pop(row.get(record, 0), None)
        elif event.kind in (EventKind.RETRACTED, EventKind.ERASED):
            state.members, state.status = {}, IdentityStatus.RETRACTED
        elif event.kind in (EventKind.WITHHELD, EventKind.RESTORED):
            state.withheld = event.kind == EventKind.WITHHELD
    return dict(made)


def stored() -> dict[UUID, State]:
    """Return all identities as the tables hold them."""
    found = {
        number: State(status, into, withheld)
        for number, status, into, withheld in Identity.objects.values_list("pk", "status", "merged_into_id", "withheld")
    }
    members = IdentityMember.objects.values_list("identity_id", "row_id", "record_id", "shown_id")
    for identity, row, record, shown in members.iterator():
        found[identity].members[row] = record, shown
    return found


def _records(log: Iterable[Told]) -> set[int]:
    named = (event.data.get(part) or () for event in log for part in ("records", "corrected", "left"))
    return {record for records in named for record in records if isinstance(record, int)}


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
