"""Linking by the command line: one setting takes it to a Dask cluster, one option to what is new."""

from __future__ import annotations

from pathlib import Path

from distributed import LocalCluster

from configs.settings import CONFIGS
from synthetic.lists import write_world


def test_linking_on_a_cluster_of_two_workers_gives_the_same_model_and_scores(fresh, tmp_path):
    write_world(tmp_path, children=120, cards=100, seed=5)
    for slug, file in (("family_reports", "family_reports.csv"), ("citizenship_list", "citizenship_list.csv")):
        fresh("ingest", CONFIGS / "sources" / f"{slug}.yaml", tmp_path / "lists" / file)
    here = fresh("link")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        assert cluster.scheduler.transition_counter == 0
        there = fresh("link", RIDNI_DASK_ADDRESS=cluster.scheduler_address)
        assert cluster.scheduler.transition_counter > 20, "the pairs were worked on there"
    assert "Run 1:" in here.stdout and "Run 2:" in there.stdout
    assert "(0 new, 0 rescored, 0 withdrawn" in " ".join(there.stdout.split())
    one, two = (Path(fresh.home) / "runs" / f"{number:06d}" for number in (1, 2))
    assert (one / "model.json").read_bytes() == (two / "model.json").read_bytes()
    assert "Nothing new since the last run." in fresh("link", "--new").stdout
    fresh("ingest", CONFIGS / "sources" / "transfer_lists.yaml", tmp_path / "lists" / "transfer_lists.xlsx")
    late = fresh("link", "--new", "--explain-blocking", "--truth", tmp_path / "truth.csv", COLUMNS="250")
    assert "new records against" in late.stdout and "lost without" in late.stdout
    assert "All rules together" in late.stdout and "of the true pairs." in late.stdout
    said = " ".join(late.stderr.split())
    assert "has not been trained on" in said and "family_reports → transfer_lists" in said
    refused = fresh("link", RIDNI_DASK_ADDRESS=cluster.scheduler_address, code=1)
    assert "no scheduler answers" in refused.stderr
    open_way = fresh("link", RIDNI_DASK_ADDRESS="tcp://192.0.2.1:8786", code=1)
    assert "unencrypted" in open_way.stderr
