"""Scoring: the weight of a pair in bits, its likeliest scenario, and its probability among competing pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.model.latent_classes import LatentClasses, share_bits
from matching.model.parameters import Floats
from matching.vectors.comparison_vectors import Matrix

Positions = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Scores:
    """The scores of pairs.

    Attributes:
        weight: log2 of how much likelier the levels are for one child than for two, `(pairs,)`.
        log_odds: weight plus the prior odds in bits, `(pairs,)`.
        scenario: Number of the likeliest match scenario, in the spec's order of scenarios, `(pairs,)`.
        alike: log2 of how likely the levels are for two children, look-alikes among them, against two unrelated ones,
            `(pairs,)`; 0 where no look-alike explains them.
    """

    weight: Floats
    log_odds: Floats
    scenario: npt.NDArray[np.int64]
    alike: Floats


class PatternScores:
    """The scores of level patterns of one pair of sources, to which rarity is added pair by pair.

    Millions of pairs show a few thousand patterns: each is weighed once.

    Args:
        classes: The latent classes of these two sources.
        patterns: Levels, `(patterns, fields)`.
    """

    def __init__(self, classes: LatentClasses, patterns: Matrix) -> None:
        spec, group = classes.spec, classes.group
        scenarios = list(spec.scenarios.items())
        prior = share_bits(group.scenarios[name] * (1.0 if s.match else group.share) for name, s in scenarios)
        self._totals = classes.totals(patterns) + prior
        self._match = np.flatnonzero([s.match for _, s in scenarios])
        self._alike = np.flatnonzero([not s.match for _, s in scenarios])
        # Scenarios that replace the same fields gain the same bits by rarity.
        self._kept: dict[tuple[int, ...], list[int]] = {}
        for number, (_, scenario) in enumerate(scenarios):
            kept = tuple(i for i, field in enumerate(spec.fields) if field not in scenario.replaced)
            self._kept.setdefault(kept, []).append(number)
        self._prior_odds = group.prior_odds

    def most(self, rarity: Floats) -> Floats:
        """Return the most log-odds that pairs of each pattern can reach, `(patterns,)`.

        Args:
            rarity: The most bits that each field can gain by rarity, `(patterns, fields)`.
        """
        total = log2_sum(self._totals[:, self._match]) + rarity.sum(axis=1) + self._prior_odds
        return np.asarray(total, dtype=np.float64)

    def scores(self, pattern: Positions, rarity: Floats) -> Scores:
        """Score pairs given by their pattern and their term-frequency bits `(pairs, fields)`."""
        totals = self._totals[pattern]
        some = [(i, np.ascontiguousarray(rarity[:, i])) for i in range(rarity.shape[1]) if rarity[:, i].any()]
        for kept, numbers in self._kept.items():
            gain = np.zeros(len(totals))
            for i, bits in some:
                if i in kept:
                    gain += bits
            totals[:, numbers] += gain[:, None]
        match = totals[:, self._match]
        unrelated = np.zeros((len(totals), 1))
        alike = log2_sum(np.hstack([unrelated, totals[:, self._alike]]))
        weight = log2_sum(match) - alike
        return Scores(weight, weight + self._prior_odds, self._match[match.argmax(axis=1)], alike)


def scenario_totals(
    classes: LatentClasses, matrix: Matrix, rarity: Floats, fields: Sequence[str] | None = None
) -> Floats:
    """Return the bits of all fields, or of some, under each scenario, rarity included, `(pairs, scenarios)`.

    Args:
        classes: The latent classes of these two sources.
        matrix: Levels, `(pairs, fields)`.
        rarity: Term-frequency bits, `(pairs, fields)`.
        fields: Names of the fields that count; unset: all.
    """
    names = list(classes.spec.fields)
    at = [i for i, name in enumerate(names) if fields is None or name in fields]
    totals = classes.totals(matrix, at)
    for number, scenario in enumerate(classes.spec.scenarios.values()):
        kept = [i for i in at if names[i] not in scenario.replaced and rarity[:, i].any()]
        for i in kept:
            totals[:, number] += rarity[:, i]
    return totals


def log2_sum(columns: Floats) -> Floats:
    """Return log2 of the sum of 2**x over each row."""
    top = columns.max(axis=1)
    total = np.zeros(len(columns))
    for i in range(columns.shape[1]):
        total += np.exp2(columns[:, i] - top)
    return np.asarray(top + np.log2(total), dtype=np.float64)


def field_bits(classes: LatentClasses, matrix: Matrix, rarity: Floats, scenario: npt.NDArray[np.int64]) -> Floats:
    """Return the bits of each field under each pair's own scenario, rarity included, `(pairs, fields)`.

    Args:
        classes: The latent classes of these two sources.
        matrix: Levels, `(pairs, fields)`.
        rarity: Term-frequency bits, `(pairs, fields)`.
        scenario: Each pair's likeliest scenario, as `Scores` gives it, `(pairs,)`.
    """
    spec = classes.spec
    kept = np.array([[field not in s.replaced for field in spec.fields] for s in spec.scenarios.values()], dtype=float)
    bits = classes.of_fields(matrix, scenario)
    return np.asarray(bits + rarity * kept[scenario], dtype=np.float64)


def compete(
    log_odds: Floats,
    left: Positions,
    right: Positions,
    left_list: Positions,
    right_list: Positions,
    repeat_share: float,
) -> Floats:
    """Return probabilities `(pairs,)` in which the candidates of one record share its evidence.

    A record mostly has one partner in another list: a second candidate is believed only as far as a child is truly
    listed twice (`repeat_share`), or its own evidence outweighs that of the first.

    Args:
        log_odds: Odds of each pair by itself, in bits.
        left: The left record of each pair.
        right: The right record of each pair.
        left_list: Number of the list that the left record comes from.
        right_list: Number of the list that the right record comes from.
        repeat_share: How often a child is in one list twice.
    """
    odds = np.exp2(np.clip(log_odds, -60, 60))
    rivals = np.zeros(len(odds))
    for record, other in ((left, right_list), (right, left_list)):
        rivals += of_others(odds, groups_of(record, other)) if len(odds) else 0
    both = odds * (1 + repeat_share * rivals)
    return np.asarray(both / (1 + rivals + both), dtype=np.float64)


def groups_of(record: Positions, other_list: Positions) -> npt.NDArray[np.int64]:
    """Return a number for each pair's record and the list of its partner, `(pairs,)`: rivals share it."""
    lists = int(other_list.max(initial=0)) + 1
    return np.asarray(pd.factorize(record.astype(np.int64) * lists + other_list)[0], dtype=np.int64)


def of_others(weights: Floats, group: npt.NDArray[np.int64]) -> Floats:
    """Return the weight of all other pairs of each pair's group, `(pairs,)`."""
    return np.maximum(np.bincount(group, weights=weights)[group] - weights, 0)
