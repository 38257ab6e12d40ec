"""What is read off a matrix of scores: recall at a rank, and true pairs accepted at a rate of false ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.names.alignment import Scores

FALSE_RATES = (1e-3, 1e-4)
CURVE = tuple(float(rate) for rate in np.logspace(-6, -1, 41))


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one matcher on one set of queries.

    Attributes:
        recall: share of queries whose child is in the first 1 and 5 rows; ties count by chance.
        accepted: share of true pairs at or above the lowest score that lets at most 1 in 1,000 and 1 in 10,000 wrong
            pairs through; ties with wrong pairs are therefore rejected together with them.
        curve: the same for the rates of `CURVE`.
    """

    recall: tuple[float, float]
    accepted: tuple[float, ...]
    curve: tuple[float, ...]


def figures(scores: Scores, targets: NDArray[np.int64]) -> Figures:
    """Return the figures of a matrix of scores, shape `(queries, names)`, and the right row of each query."""
    rows = np.arange(len(targets))
    true = scores[rows, targets]
    above = (scores > true[:, None]).sum(axis=1)
    ties = (scores == true[:, None]).sum(axis=1)
    recall = tuple(float(np.clip((k - above) / ties, 0, 1).mean()) for k in (1, 5))
    wrong = np.ones(scores.shape, bool)
    wrong[rows, targets] = False
    highest = _highest(scores[wrong], max(*FALSE_RATES, *CURVE))
    total = scores.size - len(targets)
    return Figures(
        (recall[0], recall[1]),
        tuple(_accepted(true, highest, total, rate) for rate in FALSE_RATES),
        tuple(_accepted(true, highest, total, rate) for rate in CURVE),
    )


def _highest(wrong: Scores, share: float) -> Scores:
    """Return the highest share of the wrong scores and one more, in falling order."""
    keep = min(len(wrong), int(len(wrong) * share) + 2)
    return -np.sort(-np.partition(wrong, len(wrong) - keep)[len(wrong) - keep :])


def _accepted(true: Scores, highest: Scores, total: int, rate: float) -> float:
    """Return the share of true pairs above the first wrong score that would exceed the rate."""
    let_through = int(total * rate)
    return float((true > highest[min(let_through, len(highest) - 1)]).mean())
