"""What is stored of a run: all that may be offered, the best of the weak, and whatever somebody has judged."""

import numpy as np
import pandas as pd

from matching.spec.linkage_spec import StoreSpec
from pipelines.linkage import budget

RECORDS = pd.DataFrame({"record_id": [1, 2, 3, 4, 9, 10], "source": ["reports"] * 3 + ["police"] + ["cards"] * 2})
RULE = StoreSpec(weak_below=0.01, weak_per_found=2, weak_floor=0.002)


def found(*rows):
    frame = pd.DataFrame(rows, columns=["left", "right", "probability"])
    return frame.sort_values("probability", ascending=False, kind="stable", ignore_index=True)


def kept(frame, judged=frozenset(), rule=RULE):
    result = budget.within(rule, frame, RECORDS, judged)
    return {(row.left, row.right) for row in frame.iloc[result.stored].itertuples()}, result.left_out


def test_of_weak_pairs_the_best_of_each_found_record_and_list_are_stored():
    frame = found((1, 9, 0.009), (2, 9, 0.008), (3, 9, 0.007), (4, 9, 0.003), (3, 10, 0.003), (2, 10, 0.001))
    assert kept(frame) == ({(1, 9), (2, 9), (4, 9), (3, 10)}, {"reports → cards": 2})


def test_nothing_that_may_be_offered_is_left_out():
    frame = found((1, 9, 0.5), (2, 9, 0.02), (3, 9, 0.01), (3, 10, 0.0099996))  # the last is stored as 0.01
    assert kept(frame, rule=RULE.model_copy(update={"weak_per_found": 0})) == (
        {(1, 9), (2, 9), (3, 9), (3, 10)},
        {},
    )


def test_what_somebody_has_judged_is_stored_whichever_side_comes_first():
    frame = found((2, 10, 0.0005), (3, 10, 0.0004), (1, 10, 0.0003))
    assert kept(frame, judged={(10, 3), (1, 10)}) == ({(3, 10), (1, 10)}, {"reports → cards": 1})


def test_weak_pairs_for_which_others_speak_are_stored_by_the_best_of_each_seeking_record():
    frame = found(*((1, right, 0.001 / right) for right in (9, 10)), (2, 9, 0.0005), (2, 10, 0.0004))
    rule = StoreSpec(weak_below=0.01, weak_per_found=0, weak_per_seeking=1)
    said = np.array(
        [
            {(1, 9): 0.2, (1, 10): 3.0, (2, 9): 3.0, (2, 10): 3.0}[pair]
            for pair in zip(frame["left"], frame["right"], strict=True)
        ]
    )
    result = budget.within(rule, frame, RECORDS, frozenset(), said)
    assert {(row.left, row.right) for row in frame.iloc[result.stored].itertuples()} == {(2, 9)}


def test_without_a_budget_everything_is_stored():
    random = np.random.default_rng(3)
    frame = found(*((left, right, random.random() / 100) for left in (1, 2, 3, 4) for right in (9, 10)))
    assert kept(frame, rule=StoreSpec()) == (set(zip(frame["left"], frame["right"], strict=True)), {})
