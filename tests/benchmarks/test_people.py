"""The tasks of invented people, as far as they go without pseudopeople."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from benchmarks.people.__main__ import GOALS, _figures, main
from benchmarks.people.tasks import TASKS, later, security
from configs.settings import CONFIGS
from matching.linker import link
from matching.spec.yaml_file import load_spec

SPECS = {name: CONFIGS.parent / "benchmarks" / "people" / f"{name}.yaml" for name in GOALS} | {
    "pseudopeople": CONFIGS / "linkage" / "pseudopeople.yaml"
}
_PERSON = {
    "simulant_id": "1",
    "first_name": "Ann",
    "middle_initial": "B",
    "middle_name": "Beth",
    "last_name": "Cole",
    "age": "9",
    "date_of_birth": "03/04/2011",
    "sex": "Female",
    "street_name": "Elm St",
    "zipcode": "00000",
    "event_type": "creation",
}


def written(folder, name, *people):
    lines = [json.dumps({**_PERSON, **person}) for person in people]
    (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_without_pseudopeople_nothing_is_measured_and_that_is_said(monkeypatch, capsys):
    monkeypatch.delenv("RIDNI_BENCH_PYTHON", raising=False)
    assert main(["--quick"]) == 0
    assert "left out" in capsys.readouterr().out


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_spec_and_a_goal(task):
    assert load_spec(SPECS[task]).name == task and GOALS[task] > 0.9


def test_lists_are_read_as_a_spec_takes_them(tmp_path):
    written(
        tmp_path, "census", {}, {"simulant_id": "2", "date_of_birth": "02/30/2011", "middle_initial": None, "age": "30"}
    )
    written(
        tmp_path,
        "security",
        {"date_of_birth": "20110304"},
        {"simulant_id": "3", "first_name": "Zoe"},
        {"event_type": "death"},
    )
    written(tmp_path, "census_later", {"age": "19"})
    frame = security(tmp_path)
    assert list(frame["date_of_birth"]) == ["2011-03-04", None, "2011-03-04", "2011-03-04"], (
        "what is no date is unknown"
    )
    assert list(frame["middle_initial"]) == ["b", None, "b", "b"]
    found = link(load_spec(SPECS["pseudopeople"]), frame.drop(columns="person")).candidates
    assert (0, 2) in set(zip(found["left"], found["right"], strict=True))
    assert list(later(tmp_path)["person"]) == ["1", "1"], "children alone seek"


def test_figures_are_over_all_thresholds_and_part_no_equal_scores():
    records = pd.DataFrame({"person": ["a", "b", "a", "b", "c"], "side": ["seeking"] * 2 + ["found"] * 3})
    pairs = pd.DataFrame({"left": [0, 1, 0, 1], "right": [2, 3, 4, 4], "probability": [0.9, 0.5, 0.5, 0.1]})
    figures = _figures(records, lambda: pairs)
    assert figures.f1 == pytest.approx(2 * 2 / (3 + 2))
    assert figures.recall_99 == 0.5


def test_rows_of_nobody_known_count_neither_way():
    records = pd.DataFrame({"person": ["a", None, "a", "b"], "side": ["seeking"] * 2 + ["found"] * 2})
    pairs = pd.DataFrame({"left": [1, 0], "right": [3, 2], "probability": [0.9, 0.8]})
    assert _figures(records, lambda: pairs).f1 == 1.0
