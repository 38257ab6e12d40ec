"""How often two records agree by chance: equality counted from how common each value is, likeness from random pairs.

A random pair of long lists hardly ever shares a birth date, so that a sample says next to nothing of how often that
happens, and what it says may be of true pairs. The frequencies of the values say it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.model.parameters import Floats, LevelLayout
from matching.vectors.comparison_vectors import Comparer
from matching.vectors.records import Rows

Classes = npt.NDArray[np.int32]

_STRENGTH = 300.0
"""Pairs by which u of all lists together holds that of two lists: two short lists say little by themselves."""

_GRADED = 2_000
"""Pairs of one value of which the levels are looked at: nearly all show the same level."""

_LEAST_SHARE = 0.02
"""Share of what was counted that stays chance, however many true pairs the model takes out of it."""

_LEAST_OF_CHANCE = 0.5
"""The same for equality, as a share of how often two records of one list agree: nothing else makes those agree."""

_TINY = 1e-9


@dataclass(frozen=True)
class FieldChance:
    """Pairs of two lists by the level of one field, whoever they are of.

    Attributes:
        same: Pairs with one value on both sides, by level, `(levels,)`.
        others: Sampled pairs with two values, by level, `(levels,)`.
        sampled: How many those are, with those that show no level.
        known: Pairs that know the field on both sides and do not agree in it by way of another field.
        equal: Pairs with one value on both sides, whether or not they show a level.
        within: Share of the pairs of records of one list that have one value, as the geometric mean of both lists.
    """

    same: Floats
    others: Floats
    sampled: float
    known: float
    equal: float
    within: float

    @property
    def differing(self) -> float:
        """Pairs with two values."""
        return max(self.known - float(self.same.sum()), 0.0)

    def u(self, layout: LevelLayout, pooled: FieldChance | None = None, related: Floats | None = None) -> Floats:
        """Return P(level | two unrelated children), `(levels,)`, summing to one within each stratum.

        Args:
            layout: The field's levels.
            pooled: Of all pairs of lists together, towards which the estimate is shrunk.
            related: Pairs of these lists that are no chance, by level: true pairs and look-alikes.
        """
        same, others, sampled, differing = self.same, self.others, self.sampled, self.differing
        if pooled is not None and pooled.known:
            same = same + _STRENGTH * pooled.same / pooled.known
            others = others + _STRENGTH * pooled.others / max(pooled.sampled, 1.0)
            sampled = sampled + _STRENGTH
            differing += _STRENGTH * pooled.differing / pooled.known
            if related is not None:  # what all lists say holds true pairs as well, taken to be as many as in these
                related = related * (1 + _STRENGTH / max(self.known, 1.0))
        else:
            # Of a level that equal values show, all is known; of any other, a sample may have missed what there is.
            unsure = np.where(same > 0, 0.0, 1.0 / np.bincount(layout.stratum)[layout.stratum])
            others, sampled = others + unsure, sampled + float(unsure.sum())
        counts = same + max(differing, 1.0) * others / max(sampled, 1.0)
        if related is not None:
            least = _LEAST_SHARE * counts
            if self.equal:
                by_chance = min(self.within * (self.differing + self.equal) / self.equal, 1.0)
                least = np.maximum(least, _LEAST_OF_CHANCE * by_chance * self.same)
            counts = np.maximum(counts - related, least)
        return layout.shares(np.maximum(layout.shares(counts), _TINY))

    @classmethod
    def together(cls, parts: Sequence[FieldChance]) -> FieldChance:
        """Return the chance in several pairs of lists, each counting as much as was sampled of it."""
        weight = [min(part.known, part.sampled + part.equal) for part in parts]
        scale = [w / max(part.known, 1.0) for w, part in zip(weight, parts, strict=True)]
        return cls(
            same=np.sum([part.same * s for part, s in zip(parts, scale, strict=True)], axis=0),
            others=np.sum([part.others for part in parts], axis=0),
            sampled=sum(part.sampled for part in parts),
            known=sum(weight),
            equal=sum(part.equal * s for part, s in zip(parts, scale, strict=True)),
            within=0.0,
        )


class ChanceCounter:
    """Counts chance agreement of two lists, field by field.

    Args:
        comparer: What grades pairs.
        classes: For each field the class of each distinct value; values of one class count as one value.
        seeking, found: Rows of the two lists; the same rows twice for one list by itself.
        sample: Random pairs of the two as rows.
        random: What draws pairs of one value.
    """

    def __init__(
        self,
        comparer: Comparer,
        classes: dict[str, Classes],
        seeking: Rows,
        found: Rows,
        sample: tuple[Rows, Rows],
        random: np.random.Generator,
    ) -> None:
        self._comparer, self._classes = comparer, classes
        self._seeking, self._found, self._random = seeking, found, random
        self._one_list = seeking is found
        self._sample = sample
        self._levels = comparer.grade(*sample)

    def fields(self) -> dict[str, FieldChance]:
        """Return the chance of each field."""
        return {name: self._field(i, name) for i, name in enumerate(self._comparer.spec.fields)}

    def _field(self, number: int, name: str) -> FieldChance:
        count = len(self._comparer.comparisons[name].levels)
        classes = self._classes[name]
        if not len(classes):
            return FieldChance(np.zeros(count), np.zeros(count), 0.0, 0.0, 0.0, 0.0)
        classes = np.append(classes, -1)  # a missing value has the code -1
        column = self._comparer.table.columns[name].codes
        of_sample = [classes[column[rows]] for rows in self._sample]
        other = (of_sample[0] >= 0) & (of_sample[1] >= 0) & (of_sample[0] != of_sample[1])
        sides = [_Side(rows, classes[column[rows]]) for rows in (self._seeking, self._found)]
        size = int(classes.max()) + 1
        ours, theirs = (np.bincount(side.classes, minlength=size).astype(np.float64) for side in sides)
        equal, known = float(ours @ theirs), float(ours.sum() * theirs.sum())
        same, showing = self._same(name, sides, ours * theirs, count)
        if self._one_list:
            equal, known = (equal - ours.sum()) / 2, (known - ours.sum()) / 2
        levels = self._levels[other, number]
        return FieldChance(
            same=same * max(equal, 0.0),
            others=np.bincount(levels[levels >= 0], minlength=count).astype(np.float64),
            sampled=float(other.sum()),
            known=max(known - equal * (1 - showing), 0.0),
            equal=max(equal, 0.0),
            within=0.0 if self._one_list else float(np.sqrt(_collisions(ours) * _collisions(theirs))),
        )

    def _same(self, name: str, sides: list[_Side], pairs: Floats, levels: int) -> tuple[Floats, float]:
        """Return how pairs of one value are spread over the levels, and which share of them shows any."""
        total = int(pairs.sum())
        if not total:
            return np.zeros(levels), 1.0
        drawn = np.arange(total) if total <= _GRADED else self._random.integers(0, total, _GRADED)
        ends = np.cumsum(pairs).astype(np.int64)
        one = np.searchsorted(ends, drawn, "right")
        place = drawn - (ends[one] - pairs[one].astype(np.int64))
        left, right = sides
        many = right.counts(len(pairs))[one]
        a = left.rows[left.starts(len(pairs))[one] + place // many]
        b = right.rows[right.starts(len(pairs))[one] + place % many]
        apart = a != b
        if not apart.any():
            return np.zeros(levels), 1.0
        seen = self._comparer.grade_field(name, a[apart], b[apart])
        shown = seen >= 0
        shares = np.bincount(seen[shown], minlength=levels) / len(seen)
        return np.asarray(shares, dtype=np.float64), float(shown.mean())


class _Side:
    """The rows of one list that know a field, in the order of their classes."""

    def __init__(self, rows: Rows, classes: Classes) -> None:
        known = classes >= 0
        order = np.argsort(classes[known], kind="stable")
        self.rows, self.classes = rows[known][order], classes[known][order]

    def counts(self, size: int) -> npt.NDArray[np.int64]:
        """Return how many rows each class has."""
        return np.bincount(self.classes, minlength=size)

    def starts(self, size: int) -> npt.NDArray[np.int64]:
        """Return where each class begins."""
        counts = self.counts(size)
        return np.cumsum(counts) - counts


def _collisions(counts: Floats) -> float:
    """Return the share of pairs of records of one list that have one value."""
    total = float(counts.sum())
    return float((counts * (counts - 1)).sum()) / max(total * (total - 1), 1.0)
