"""Scoring: the weight of a pair in bits, its likeliest scenario, and its probability among competing pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.blocking import Positions
from matching.levels import patterns
from matching.model.classes import class_bits
from matching.model.parameters import Floats, GroupModel, LevelLayout
from matching.spec import LinkageSpec


@dataclass(frozen=True)
class Scores:
    """The scores of pairs.

    Attributes:
        weight: log2 of how much likelier the levels are for one child than for two, `(pairs,)`.
        log_odds: weight plus the prior odds in bits, `(pairs,)`.
        scenario: Number of the likeliest match scenario, in the spec's order, `(pairs,)`.
    """

    weight: Floats
    log_odds: Floats
    scenario: npt.NDArray[np.int64]


def score_levels(
    spec: LinkageSpec, group: GroupModel, layouts: dict[str, LevelLayout], matrix: npt.NDArray[np.int8], rarity: Floats
) -> Scores:
    """Score pairs of one pair of sources.

    Args:
        spec: The linkage spec.
        group: The model of these two sources.
        layouts: Level layout by field.
        matrix: Levels, `(pairs, fields)`.
        rarity: Term-frequency bits, `(pairs, fields)`.
    """
    names = list(spec.fields)
    # Millions of pairs show a few thousand patterns of levels: each is weighed once.
    distinct, _, pattern = patterns(matrix)
    bits = class_bits(spec, group, layouts, distinct)
    match_rows, alike_rows = [], [np.zeros(len(matrix))]
    for scenario, b in bits.items():
        kept = np.array([name not in spec.scenarios[scenario].replaced for name in names], dtype=np.float64)
        total = b.sum(axis=1)[pattern] + rarity @ kept
        prior = np.log2(group.scenarios[scenario])
        if spec.scenarios[scenario].match:
            match_rows.append(total + prior)
        else:
            alike_rows.append(total + prior + np.log2(group.share))
    match = np.vstack(match_rows)
    weight = _log2_sum(match) - _log2_sum(np.vstack(alike_rows))
    prior_odds = np.log2(group.share / (1 - group.share))
    return Scores(weight, weight + prior_odds, match.argmax(axis=0))


def _log2_sum(rows: Floats) -> Floats:
    top = rows.max(axis=0)
    return np.asarray(top + np.log2(np.exp2(rows - top).sum(axis=0)), dtype=np.float64)


def field_bits(
    spec: LinkageSpec,
    group: GroupModel,
    layouts: dict[str, LevelLayout],
    matrix: npt.NDArray[np.int8],
    rarity: Floats,
    scenario: npt.NDArray[np.int64],
) -> Floats:
    """Return the bits of each field under each pair's own scenario, rarity included, `(pairs, fields)`.

    Arguments are those of `score_levels`; `scenario` is the number of the match scenario of each pair.
    """
    by_scenario = class_bits(spec, group, layouts, matrix)
    out = np.zeros(matrix.shape)
    for i, name in enumerate(name for name, s in spec.scenarios.items() if s.match):
        kept = np.array([field not in spec.scenarios[name].replaced for field in spec.fields])
        at = scenario == i
        out[at] = by_scenario[name][at] + rarity[at] * kept
    return out


def compete(
    log_odds: Floats,
    left: Positions,
    right: Positions,
    left_list: npt.NDArray[np.int64],
    right_list: npt.NDArray[np.int64],
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
        _, group = np.unique(record * (int(other.max(initial=0)) + 1) + other, return_inverse=True)
        rivals += np.maximum(np.bincount(group, weights=odds)[group] - odds, 0) if len(odds) else 0
    both = odds * (1 + repeat_share * rivals)
    return np.asarray(both / (1 + rivals + both), dtype=np.float64)
