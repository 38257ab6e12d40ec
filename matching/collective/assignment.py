"""Who goes with whom, jointly: a rival that has a better partner of its own is hardly a rival.

Competition between the pairs of one record takes each of them at its own odds. Here each rival counts only as far as
its other candidates leave it free: a few rounds of belief propagation for a matching, started from the odds themselves.
Two assignments of one weight, as of twins, get equal shares, so that neither is believed.
"""

from __future__ import annotations

import numpy as np

from matching.collective.sums import Floats
from matching.model.scoring import Positions, groups_of, of_others

_ROUNDS = 4


def assign(
    log_odds: Floats,
    left: Positions,
    right: Positions,
    left_list: Positions,
    right_list: Positions,
    repeat_share: float,
) -> Floats:
    """Return probabilities `(pairs,)` under the best joint assignments; the arguments are those of `compete`."""
    odds = np.exp2(np.clip(log_odds, -60, 60))
    apart = left_list != right_list
    if not apart.any():
        return np.asarray(odds / (1 + odds), dtype=np.float64)
    if not apart.all():  # rows of one list are no rivals: whoever stands in it three times makes three true pairs
        out = odds / (1 + odds)
        sides = left[apart], right[apart], left_list[apart], right_list[apart]
        out[apart] = assign(log_odds[apart], *sides, repeat_share)
        return np.asarray(out, dtype=np.float64)
    groups = [groups_of(left, right_list), groups_of(right, left_list)]
    rivals = [of_others(odds, group) for group in groups]
    for _ in range(_ROUNDS):
        # How much of each pair the other side leaves free is what it weighs as a rival on this side.
        rivals = [of_others(odds / (1 + rivals[1 - side]), group) for side, group in enumerate(groups)]
    together = (1 + rivals[0]) * (1 + rivals[1]) - 1
    both = odds * (1 + repeat_share * together)
    return np.asarray(both / (1 + together + both), dtype=np.float64)
