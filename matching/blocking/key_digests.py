"""Blocking buckets as keyed numbers, so that a registry can find the partners of new records without reading the old.

A digest tells nothing without the secret. Its last bit says on which side of a pair the record would stand, so that a
list is not brought together with its like: a record meets those that hold one of its digests with the last bit turned.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from matching.blocking.key_entries import KeysOfValues
from matching.blocking.sides import rows_beside
from matching.comparisons.blocking_keys import KeyFunction
from matching.spec import LinkageSpec
from matching.spec.rules import KeySpec, Rule, rule_name
from matching.vectors.records import Column, Rows, Table

Digests = npt.NDArray[np.int64]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio, as in splitmix64
_SHIFT = np.uint64(29)


def partners(digests: Digests) -> Digests:
    """Return the digests that partners of these hold: the same buckets on the other side."""
    return digests ^ 1


def bucket_digests(spec: LinkageSpec, table: Table, secret: bytes) -> tuple[Rows, Digests]:
    """Return `(rows, digests)`, one for each bucket of each record, in ascending order and each once.

    A window over dates counts as bins of some weeks; another key that need only be near is left out of its rule, so
    that the digests bring together all pairs that the rules do, and some more.

    Args:
        spec: The linkage spec.
        table: The records.
        secret: Key of the digests, 16 to 64 bytes.
    """
    rows, digests = [], []
    beside = rows_beside(spec, table)
    for side, of_side in ((0, table.seeking), (1, table.found)):
        here = np.union1d(of_side, beside).astype(np.int32) if len(beside) else of_side
        for rule in spec.blocking.rules:
            of_rule, values = _of_rule(spec, table, rule, here, side, secret)
            rows.append(of_rule)
            digests.append((values & ~np.int64(1)) | side)
    all_rows, all_digests = np.concatenate(rows), np.concatenate(digests)
    order = np.lexsort((all_digests, all_rows))
    all_rows, all_digests = all_rows[order], all_digests[order]
    new = np.append(True, (all_rows[1:] != all_rows[:-1]) | (all_digests[1:] != all_digests[:-1]))
    kept = new[: len(all_rows)]
    return all_rows[kept].astype(np.int32), all_digests[kept]


def rules_digest(spec: LinkageSpec) -> str:
    """Return a hash of what the digests depend on: digests of other rules are worthless."""
    kinds = {key.field: spec.kinds[key.field] for rule in spec.blocking.rules for key in rule}
    beside = [f"within {name}" for name in spec.within.classes] + [f"{a} with {b}" for a, b in spec.between]
    text = "\n".join([*map(rule_name, spec.blocking.rules), *(f"{f}={k}" for f, k in sorted(kinds.items())), *beside])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _of_rule(
    spec: LinkageSpec, table: Table, rule: Rule, rows: Rows, side: int, secret: bytes
) -> tuple[npt.NDArray[np.int64], Digests]:
    name = hashlib.blake2b(rule_name(rule).encode(), digest_size=8, key=secret).digest()
    values = np.full(len(rows), int.from_bytes(name, "big"), dtype=np.uint64)
    at = rows.astype(np.int64)
    for key in rule:
        function = _exact(spec, key, side)
        if function is None:
            continue
        keys = _digests_of_values(table.columns[key.field], function, f"{key.key}=", secret)
        taken, digests = keys.expand(table.columns[key.field].codes[at])
        mixed = values[taken] * _ODD + digests.view(np.uint64)
        at, values = at[taken], mixed ^ (mixed >> _SHIFT)
    return at, values.view(np.int64)


def _exact(spec: LinkageSpec, key: KeySpec, side: int) -> KeyFunction | None:
    made = key.of(spec.kinds[key.field])
    if key.nearest is not None or (key.window is not None and made.bins is None):
        return None
    of_sides = made.bins if key.window is not None and made.bins is not None else (made.seeking, made.found)
    return of_sides[side]


def _digests_of_values(column: Column, function: KeyFunction, prefix: str, secret: bytes) -> KeysOfValues:
    known: dict[str, int] = {}

    def digest(key: str) -> int:
        if key not in known:
            data = hashlib.blake2b((prefix + key).encode(), digest_size=8, key=secret).digest()
            known[key] = int.from_bytes(data, "big", signed=True)
        return known[key]

    return KeysOfValues.of([tuple(dict.fromkeys(map(digest, function(value)))) for value in column.values])
