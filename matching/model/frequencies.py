"""Term frequency: agreement on a rare name is stronger than agreement on a common one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.comparisons import Comparison
from matching.model.parameters import Floats
from matching.vectors.records import Column, Rows

_LIMIT_BITS = 6.0
_NEAR_SHARE = 0.5  # a near match may be another name, so its rarity counts half

Disguise = Callable[[str], str]


@dataclass(frozen=True)
class TermCounts:
    """How often each canonical class of a field's values occurs among all records.

    Attributes:
        counts: Records by term. Terms are names, so whoever stores them gives a disguise, such as a keyed hash.
        disguise: Turns a term into the form in which `counts` has it.
    """

    counts: Mapping[str, float]
    disguise: Disguise = str

    @classmethod
    def of(cls, terms: Sequence[str], column: Column) -> TermCounts:
        """Count the terms of a column, given for each of its values."""
        uses = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
        counts: dict[str, float] = {}
        for term, used in zip(terms, uses.tolist(), strict=True):
            counts[term] = counts.get(term, 0.0) + used
        return cls(counts)

    def bits(self, terms: Sequence[str]) -> Floats:
        """Return for each term how much rarer it is than a term that two random records share, in bits, within ±6."""
        known = np.array(list(self.counts.values()))
        everything = float(known.sum() + 0.5 * len(known))
        if not everything:
            return np.zeros(len(terms))
        expected = float((((known + 0.5) / everything) ** 2).sum())
        disguised = {term: self.disguise(term) if term else "" for term in dict.fromkeys(terms)}
        own = np.array([self.counts.get(disguised[term], 0.0) for term in terms])
        bits = np.log2(max(expected, 1e-12) / np.maximum((own + 0.5) / everything, 1e-12))
        bits[[not term for term in terms]] = 0.0
        return np.clip(bits, -_LIMIT_BITS, _LIMIT_BITS)


class TermFrequency:
    """How common each distinct value of a field is, counted over canonical classes, not spellings.

    Args:
        comparison: The field's comparison.
        column: The field's values.
        terms: The class of each value.
        counts: Counted among all records; unset: among those of the column.

    Attributes:
        bits: Rarity of each value, `(values,)`.
        scale: How much of it counts at each level, `(levels + 2,)`; the last two are the negative levels.
    """

    def __init__(
        self, comparison: Comparison, column: Column, terms: Sequence[str], counts: TermCounts | None = None
    ) -> None:
        self.counts = counts or TermCounts.of(terms, column)
        self.bits: Floats = self.counts.bits(terms)
        last = len(comparison.levels) - 1
        self.scale: Floats = np.array(
            [
                *(
                    (1.0 if level.tie or i == last else _NEAR_SHARE) if level.tf else 0.0
                    for i, level in enumerate(comparison.levels)
                ),
                0.0,
                0.0,
            ]
        )
        self.most = float(max(self.bits.max(initial=0.0), 0.0))

    def adjustment(self, column: Column, left: Rows, right: Rows, levels: npt.NDArray[np.int8]) -> Floats:
        """Return the bits `(pairs,)` to add to each pair's weight: positive where the shared value is rare."""
        out = self.scale[levels]
        some = np.flatnonzero(out)
        # The commoner of the two speaks: two spellings of one class are equal anyway.
        out[some] *= np.minimum(self.bits[column[left[some]]], self.bits[column[right[some]]])
        return out
