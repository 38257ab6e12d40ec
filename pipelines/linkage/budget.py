"""Which of a run's candidates are worth a row in the registry: all that may be offered, and of the weak ones the best.

What is left out is counted. It takes no part in anything that a person sees: nobody is offered so weak a pair.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.spec.linkage_spec import StoreSpec


@dataclass(frozen=True)
class Budget:
    """What is stored of a run.

    Attributes:
        stored: Positions of the candidates that are stored, in ascending order.
        left_out: How many are not, by pair of sources, as `left → right`.
    """

    stored: npt.NDArray[np.int64]
    left_out: dict[str, int]


SPEAKING_BITS = 1.0
"""What other pairs must say for a weak pair that is stored for their sake."""


def within(
    store: StoreSpec,
    found: pd.DataFrame,
    frame: pd.DataFrame,
    judged: Set[tuple[int, int]],
    others: npt.NDArray[np.float64] | None = None,
) -> Budget:
    """Return what is stored of a run.

    Args:
        store: What the spec says of storing.
        found: The candidates, likeliest first: `left`, `right`, `probability`.
        frame: The records: `record_id`, `source`.
        judged: Pairs (left, right) on which somebody has spoken: they are stored whatever they are worth now.
        others: Bits that other pairs say of each candidate; None: nothing.
    """
    probability = found["probability"].to_numpy(dtype=np.float64)
    source = pd.Series(frame["source"].to_numpy(dtype=str), index=frame["record_id"].to_numpy(), dtype=object)
    names = source.reindex(found["left"]).to_numpy()
    rank = found.groupby([found["right"].to_numpy(), names], sort=False).cumcount().to_numpy()
    # As it is stored, to six digits: what a verifier may be offered by its stored probability is never weak.
    keep = np.round(probability, 6) >= store.weak_below
    keep |= (rank < store.weak_per_found) & (probability >= store.weak_floor)
    if others is not None:
        lists = source.reindex(found["right"]).to_numpy()
        place = found.groupby([found["left"].to_numpy(), lists], sort=False).cumcount().to_numpy()
        keep |= (place < store.weak_per_seeking) & (others >= SPEAKING_BITS)
    if judged:
        weak = np.flatnonzero(~keep)
        pairs = zip(found["left"].to_numpy()[weak].tolist(), found["right"].to_numpy()[weak].tolist(), strict=True)
        keep[weak] = [(a, b) in judged or (b, a) in judged for a, b in pairs]
    of_pair = pd.Series(names[~keep] + " → " + source.reindex(found["right"]).to_numpy()[~keep])
    left_out = {str(pair): int(count) for pair, count in of_pair.value_counts().sort_index().items()}
    return Budget(np.flatnonzero(keep), left_out)
