"""The benchmark of families: all of it runs, and the limit is a limit."""

import numpy as np
import pandas as pd

from benchmarks.families.__main__ import main
from benchmarks.families.generator import generator_of
from benchmarks.families.limit import Limit, ranks
from synthetic.corruption.rates import Damage
from synthetic.world import World


def test_it_runs_and_writes_its_page(tmp_path):
    assert main(["--quick", "--out", str(tmp_path), "--seed", "5"]) == 0
    page = (tmp_path / "families.md").read_text("utf-8")
    assert "adoption cards, card |" in page
    assert "Structured lists: F1" in page


def test_a_perfect_scorer_ranks_the_row_of_the_child_first_and_counts_ties_against_it():
    blank = dict.fromkeys(("surname", "patronymic", "eyes", "hair", "siblings", "institution", "last_place"))
    report = blank | {"given": "Тарас", "sex": "m", "birth": "2012-03-04/2012-03-04", "sibling_count": None}
    card = blank | {"source": "adoption_cards", "sex": "m", "region": ("RU-ROS",), "sibling_count": 0}
    months = [f"20{year:02d}-{month:02d}" for year in (8, 12) for month in (1, 3, 7, 9)]
    rows = [card | {"given": name, "birth": f"{m}-01/{m}-28"} for name in ("Тарас", "Иван", "Пётр") for m in months]
    rows.append(rows[5].copy())
    limit = Limit(generator_of(World(3, 100, Damage())), pd.DataFrame(rows))
    (found,) = ranks(limit, pd.DataFrame([report]), [[5, 0]])
    assert found[0] == 2  # its double ties with it
    assert found[1] > 2
    ((_, score),) = limit.scores(pd.DataFrame([report]))
    assert np.isfinite(score).all()
