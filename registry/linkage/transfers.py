"""Transfers as a run has learnt them: stored by keyed hashes and ids of records, so that no place stands here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction

import keys
from registry.models import Record, Transfer, TransferGain, TransferMember

MOST_GAINS = 50
"""Of each transfer so many candidates are kept: those that gain most."""

_NUMBERED = """
SELECT c.left_id, c.right_id, c.id
FROM unnest(%s::bigint[], %s::bigint[]) AS asked(l, r)
JOIN registry_candidate c ON least(c.left_id, c.right_id) = least(asked.l, asked.r)
    AND greatest(c.left_id, c.right_id) = greatest(asked.l, asked.r)
"""


@dataclass
class LearntTransfer:
    """A transfer as a run has learnt it.

    Attributes:
        kind: Column of the origin.
        origin: What the origin is, as the linkage reads it; only its hash is stored.
        region: Id of the region; likewise.
        members: `(found, seeking)` ids of records; seeking is None where the found record's list names the origin.
        families: How many families these are.
        days: First and last day of a transfer that they tell.
        pairs: For how many candidates it speaks; `bits` on average.
        gains: `(left, right, bits)` of those that gain most.
    """

    kind: str
    origin: str
    region: str
    members: list[tuple[int, int | None]]
    families: int
    days: tuple[date | None, date | None] = (None, None)
    pairs: int = 0
    bits: float = 0.0
    gains: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The keyed hash that names it."""
        said = "\x1f".join((self.kind, self.origin, self.region)).encode()
        return hashlib.blake2b(
            said, key=keys.derived(keys.Purpose.FINGERPRINTS, "transfers")[:64], digest_size=16
        ).hexdigest()


def store(run_id: int, found: Sequence[LearntTransfer]) -> None:
    """Keep the transfers of a run over everything instead of those before; one that stays keeps its number."""
    ids = {record for one in found for record, _ in one.members}
    source = dict(Record.objects.filter(pk__in=ids).values_list("pk", "source_id"))
    with transaction.atomic():
        TransferMember.objects.all().delete()
        TransferGain.objects.all().delete()
        Transfer.objects.exclude(digest__in=[one.digest for one in found]).delete()
        rows = [
            Transfer(
                digest=one.digest,
                kind=one.kind,
                run_id=run_id,
                found=len(one.members),
                families=one.families,
                sources=sorted({source[record] for record, _ in one.members if record in source}),
                moved_from=one.days[0],
                moved_to=one.days[1],
                pairs=one.pairs,
                bits=one.bits,
            )
            for one in found
        ]
        told = ["kind", "run", "found", "families", "sources", "moved_from", "moved_to", "pairs", "bits"]
        Transfer.objects.bulk_create(rows, update_conflicts=True, unique_fields=["digest"], update_fields=told)
        number = dict(Transfer.objects.values_list("digest", "pk"))
        candidates = _numbers([pair[:2] for one in found for pair in one.gains])
        members = [
            TransferMember(transfer_id=number[one.digest], found_id=a, seeking_id=b)
            for one in found
            for a, b in one.members
        ]
        gains = [
            TransferGain(transfer_id=number[one.digest], candidate_id=candidates[a, b], bits=bits)
            for one in found
            for a, b, bits in one.gains
            if (a, b) in candidates
        ]
        TransferMember.objects.bulk_create(members, batch_size=5_000)
        TransferGain.objects.bulk_create(gains, batch_size=5_000)


def _numbers(pairs: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], int]:
    """Return the numbers of candidates by their records, each both ways round."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, [[a for a, _ in pairs], [b for _, b in pairs]])
        found = cursor.fetchall()
    return {**{(a, b): number for a, b, number in found}, **{(b, a): number for a, b, number in found}}
