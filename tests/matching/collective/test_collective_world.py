"""Collective evidence on a fictional world that no rate was chosen by."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.linkage.data import children
from matching.evaluation import evaluate, read_truth
from matching.explanation import explain, layout, of_linkage
from matching.linker import link
from matching.spec.yaml_file import load_spec
from synthetic.corruption.rates import Damage

SPEC = load_spec(Path("configs/linkage/children.yaml"))
ALONE = SPEC.model_copy(update={"collective": None})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    damage = Damage(card_renamed=0.1, card_redated=0.1, all_names_and_birth_altered=0.12)
    return children(tmp_path_factory.mktemp("world") / "w", 700, cards=3_000, seed=41, damage=damage)


@pytest.fixture(scope="module")
def linkage(world):
    return link(SPEC, world.normalised)


def named(world, candidates):
    records = world.normalised.set_index("record_id")[["source", "key"]]
    columns = {
        f"{side}_{column}": records[column].reindex(candidates[side]).to_numpy()
        for side in ("left", "right")
        for column in ("source", "key")
    }
    return pd.DataFrame({"probability": candidates["probability"].to_numpy(), **columns})


def judged(world, candidates):
    """Return the candidates by source and key, and which of them are true."""
    pairs, person = named(world, candidates), world.truth.set_index(["source", "key"])["person_id"]
    left, right = (
        person.reindex(pd.MultiIndex.from_frame(pairs[[f"{side}_source", f"{side}_key"]])).to_numpy()
        for side in ("left", "right")
    )
    return pairs, left == right


def scores(world, candidates):
    found = evaluate(named(world, candidates), read_truth(world.truth), world.sides, world.lists)
    return {score.group: score for score in (*found.by_lists, *found.by_scenario)}


def test_the_renamed_are_found_and_nobody_else_is_lost(world, linkage):
    before, after = scores(world, link(ALONE, world.normalised).candidates), scores(world, linkage.candidates)
    assert before["all_names_and_birth_altered"].recall_at_5 < 0.1
    assert after["all_names_and_birth_altered"].recall_at_5 > 0.6
    assert after["birth_date_shifted"].recall_at_5 > before["birth_date_shifted"].recall_at_5 + 0.1
    assert after["card"].recall_at_1 > before["card"].recall_at_1 + 0.05
    for group in ("plain", "russified", "initials", "surname_patronymic_replaced"):
        assert after[group].recall_at_1 >= before[group].recall_at_1 - 0.01
    assert after["structured lists"].best_f1 >= 0.97
    assert after["structured lists"].recall_at_precision_99 >= 0.95


def test_collective_bits_are_worth_what_they_say(world, linkage):
    pairs, truth = named(world, linkage.candidates), world.truth.set_index(["source", "key"])["person_id"]
    who = [
        truth.reindex(pd.MultiIndex.from_frame(pairs[[f"{side}_source", f"{side}_key"]])) for side in ("left", "right")
    ]
    true = who[0].to_numpy() == who[1].to_numpy()
    cards = (pairs["right_source"] == "adoption_cards").to_numpy()
    bits = linkage.collective.bits[linkage.candidates["row"].to_numpy()].sum(axis=1)
    for low, high in ((-14, -2), (-2, 1), (1, 3), (3, 14)):
        at = cards & (bits > low) & (bits <= high)
        expected, seen = pairs["probability"].to_numpy()[at].sum(), true[at].sum()
        assert abs(expected - seen) < 4 * np.sqrt(max(seen, 4)) + 0.1 * seen, (low, high, expected, seen)


def test_no_sibling_is_taken_for_another_more_often_than_before(world, linkage):
    def wrong(candidates):
        pairs, true = judged(world, candidates)
        believed = (pairs["probability"] >= 0.5).to_numpy() & ~true
        surname = world.normalised.set_index("record_id")["surname"]
        a, b = (surname.reindex(candidates[side]).to_numpy() for side in ("left", "right"))
        return int((believed & (a == b)).sum())

    assert wrong(linkage.candidates) <= wrong(link(ALONE, world.normalised).candidates)


def test_the_waterfall_shows_the_terms_and_adds_up(linkage):
    said = of_linkage(SPEC, linkage)
    names = [field["field"] for field in layout(SPEC)["fields"]]
    assert names[-5:] == ["transfer", "kin_transfer", "own_transfer", "kin_listed", "days"]
    assert said.levels.shape[1] == len(names)
    total = said.hundredths.sum(axis=1) / 100
    assert np.abs(total - linkage.candidates["weight"].to_numpy()).max() < 0.011
    first = linkage.candidates.iloc[int(np.argmax(said.levels[:, -5] == 1))]
    reasons = {r.field: r for r in explain(SPEC, linkage, first["row"], first["weight"], first["scenario"])}
    assert reasons["transfer"].code == "transfer_there"
    assert reasons["transfer"].bits > 0


@pytest.mark.filterwarnings("error")
def test_a_scenario_that_does_not_happen_here_is_no_number_that_is_none(tmp_path):
    small = children(tmp_path / "w", 120, cards=200, seed=5)
    never = {
        name: SPEC.scenarios[name].model_copy(update={"prior": 0.0, "by_class": {}})
        for name in ("renamed_and_older", "twin")
    }
    found = link(SPEC.model_copy(update={"scenarios": {**SPEC.scenarios, **never}}), small.normalised)
    assert np.isfinite(found.candidates[["weight", "probability"]].to_numpy()).all()
    assert "renamed_and_older" not in set(found.candidates["scenario"])


def test_with_one_model_the_order_of_records_changes_nothing(world, linkage):
    runs = [
        link(SPEC, records.reset_index(drop=True), model=linkage.model)
        for records in (world.normalised, world.normalised.sample(frac=1, random_state=3))
    ]
    said = [
        run.candidates.assign(bits=of_linkage(SPEC, run).hundredths.tolist())[["left", "right", "scenario", "bits"]]
        for run in runs
    ]
    both = said[0].merge(said[1], on=["left", "right"])
    # Of candidates that tie for the last place that is kept, the first row stays.
    assert len(both) > 0.995 * max(map(len, said))
    assert (both["scenario_x"] == both["scenario_y"]).all()
    assert (both["bits_x"] == both["bits_y"]).all()
