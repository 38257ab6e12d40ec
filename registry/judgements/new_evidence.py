"""New evidence about verified children: records that may belong to an identity, and members that were corrected.

Each is scored against the identity as a whole (`whole_score`) and kept small, for the queue's order and for whoever
looks; identities never change by it. It stands while a pair between the record and a member waits for people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from registry import whole_score
from registry.judgements import implied, rows
from registry.linkage import explanations, urgency
from registry.models import IdentityMember, NewEvidence
from registry.models.candidate import UNDECIDED
from registry.whole_score import CONTRADICTS, Compared, WholeScore

# Pairs of a member as it is now with any record, where somebody is sought; with a member of the same identity only
# where that one was corrected since people verified it.
PAIRS = """
WITH pairs AS (
    SELECT c.id, m.identity_id, m.row_id, c.right_id AS other FROM registry_identitymember m
    JOIN registry_candidate c ON c.left_id = m.shown_id WHERE m.identity_id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT c.id, m.identity_id, m.row_id, c.left_id FROM registry_identitymember m
    JOIN registry_candidate c ON c.right_id = m.shown_id WHERE m.identity_id = ANY(%(ids)s::uuid[])
)
SELECT p.identity_id, p.row_id, p.other, c.status, c.weight, c.probability, run.layout_id, c.reasons
FROM pairs p JOIN registry_candidate c ON c.id = p.id JOIN registry_run run ON run.id = c.run_id
LEFT JOIN registry_identitymember o ON o.shown_id = p.other AND o.identity_id = p.identity_id
WHERE c.status <> 'superseded' AND NOT c.listed_twice AND (o.id IS NULL OR o.shown_id <> o.record_id)
"""

# What members say of each other, in the versions that people verified and in those of now.
INSIDE = """
WITH versions AS (
    SELECT m.identity_id, m.row_id, record FROM registry_identitymember m, unnest(ARRAY[m.record_id, m.shown_id]) record
    WHERE m.identity_id = ANY(%(ids)s::uuid[]) GROUP BY m.identity_id, m.row_id, record
)
SELECT a.identity_id, a.row_id, b.row_id, a.record, b.record, c.weight, c.probability, run.layout_id, c.reasons
FROM versions a JOIN registry_candidate c ON c.left_id = a.record
JOIN versions b ON b.record = c.right_id AND b.identity_id = a.identity_id AND b.row_id <> a.row_id
JOIN registry_run run ON run.id = c.run_id
"""

# The identities of some rows, those of records that were compared with them, and those that such a record is or was
# new evidence about.
AROUND = """
WITH beside AS (
    SELECT c.right_id AS record FROM registry_candidate c WHERE c.left_id = ANY(%(records)s)
    UNION SELECT c.left_id FROM registry_candidate c WHERE c.right_id = ANY(%(records)s)
)
SELECT m.identity_id FROM registry_identitymember m WHERE m.row_id = ANY(%(rows)s)
UNION SELECT m.identity_id FROM registry_identitymember m WHERE m.shown_id IN (SELECT record FROM beside)
UNION SELECT n.identity_id FROM registry_newevidence n WHERE n.row_id = ANY(%(rows)s)
UNION SELECT n.identity_id FROM registry_newevidence n WHERE n.record_id IN (SELECT record FROM beside)
"""


@dataclass
class _Identity:
    """What is known of one identity: by record outside, who was compared with it; how its members stand to each other.

    `before` holds what the version that people verified of a corrected row said to the others.
    """

    members: dict[int, tuple[int, int]] = field(default_factory=dict)
    outside: dict[int, list[Compared]] = field(default_factory=lambda: defaultdict(list))
    waiting: set[int] = field(default_factory=set)
    before: dict[int, list[Compared]] = field(default_factory=lambda: defaultdict(list))
    apart: dict[str, set[frozenset[int]]] = field(default_factory=lambda: defaultdict(set))

    def score(self, record: int) -> WholeScore:
        """Return what the members say together of a record."""
        return whole_score.score(self.outside[record], self.apart)

    def before_correction(self, row: int) -> float | None:
        """Return what the others said together of the version of a row that people verified; None where unknown."""
        return whole_score.score(self.before[row], self.apart).together if row in self.before else None


def look_again(touched: Collection[int]) -> None:
    """Look at all that waits around some rows: what follows is asked of nobody, and what is new is scored.

    Part of a transaction that holds `rows.lock`.
    """
    implied.refresh(touched)
    refresh(touched)


def refresh(touched: Collection[int]) -> None:
    """Bring up to date what is new of the identities of some rows, and of those that they may belong to.

    Part of a transaction that holds `rows.lock`.
    """
    newest = rows.current(touched)
    with connection.cursor() as cursor:
        cursor.execute(AROUND, {"rows": list(touched), "records": list(newest.values())})
        _write([identity for (identity,) in cursor.fetchall()])


def explained(evidence: Collection[NewEvidence]) -> dict[int, WholeScore]:
    """Return what the members of identities say of new records, with its fields, by the number of the evidence."""
    gathered = _gathered({one.identity_id for one in evidence})
    return {
        one.pk: gathered[one.identity_id].score(one.record_id)
        for one in evidence
        if one.identity_id in gathered and one.record_id in gathered[one.identity_id].outside
    }


def _write(ids: Sequence[UUID]) -> None:
    """Keep what is new of identities, and nothing else of them."""
    found = []
    gathered = _gathered(ids)
    row = rows.of_records({record for known in gathered.values() for record in known.waiting})
    for identity, known in gathered.items():
        for record in sorted(known.waiting):
            number, whole = row[record], known.score(record)
            found.append(
                NewEvidence(
                    identity_id=identity,
                    row_id=number,
                    record_id=record,
                    best=whole.best.weight,
                    worst=whole.worst.weight,
                    together=whole.together,
                    before=known.before_correction(number) if number in known.members else None,
                    probability=whole.probability,
                    compared=len(known.outside[record]),
                )
            )
    old = {(one.identity_id, one.record_id): one for one in NewEvidence.objects.filter(identity_id__in=ids)}
    kept = {(one.identity_id, one.record_id) for one in found}
    gone = [one for pair, one in old.items() if pair not in kept]
    NewEvidence.objects.filter(pk__in=[one.pk for one in gone]).delete()
    written = [one for one in found if not _equal(one, old.get((one.identity_id, one.record_id)))]
    NewEvidence.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["identity", "record"],
        update_fields=["best", "worst", "together", "before", "probability", "compared"],
    )  # fmt: skip
    if written or gone:
        urgency.whole_scores({one.record_id for one in [*written, *gone]})


def _equal(one: NewEvidence, other: NewEvidence | None) -> bool:
    """Tell whether what is kept already says the same, as exactly as it is kept."""
    told = ("best", "worst", "together", "before", "probability")
    return other is not None and one.compared == other.compared and all(
        (mine := getattr(one, name)) == (kept := getattr(other, name))
        or (mine is not None and kept is not None and abs(mine - kept) < 1e-4)
        for name in told
    )  # fmt: skip


def _gathered(ids: Collection[UUID]) -> dict[UUID, _Identity]:
    """Read everything that was compared with the members of some identities, where something waits."""
    found: dict[UUID, _Identity] = defaultdict(_Identity)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"ids": list(ids)})
        for identity, row, other, status, *scored in cursor.fetchall():
            known = found[identity]
            known.outside[other].append(_compared(row, scored))
            if status in UNDECIDED:
                known.waiting.add(other)
        waiting = [identity for identity, known in found.items() if known.waiting]
        if not waiting:
            return {}
        members = IdentityMember.objects.filter(identity_id__in=waiting)
        for identity, row, verified, shown in members.values_list("identity_id", "row_id", "record_id", "shown_id"):
            found[identity].members[row] = verified, shown
        cursor.execute(INSIDE, {"ids": waiting})
        for identity, left, right, one, other, *scored in cursor.fetchall():
            _inside(found[identity], (left, one), (right, other), _compared(left, scored))
    return {identity: found[identity] for identity in waiting}


def _inside(known: _Identity, left: tuple[int, int], right: tuple[int, int], compared: Compared) -> None:
    """Note what two members say of each other: where they are apart, and what was known of a corrected one before."""
    for name, bits in compared.bits.items():
        if bits <= CONTRADICTS:
            known.apart[name].add(frozenset((left[0], right[0])))
    for (row, record), (other, beside) in ((left, right), (right, left)):
        verified, shown = known.members[row]
        if verified != shown and record == verified and beside == known.members[other][0]:
            known.before[row].append(Compared(other, compared.weight, compared.probability, compared.bits))


def _compared(member: int, scored: Sequence[Any]) -> Compared:
    weight, probability, layout, reasons = scored
    said = explanations.worth(layout, bytes(reasons))
    return Compared(member, weight, probability, {name: bits for name, bits in said.items() if bits})
