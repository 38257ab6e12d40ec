"""A run keeps where a random pair of two lists stands: with the weight and the rivals it gives the score."""

from __future__ import annotations

import math

import pytest

from configs.settings import CONFIGS, settings
from pipelines.linkage import run
from pipelines.linkage.run import LinkRequest
from registry.linkage import runs
from registry.models import Candidate
from tests.pipelines.linkage.test_incremental import values

pytestmark = pytest.mark.django_db


def test_rivals_only_take(stock, tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    reports = stock.batch("reports", side="seeking", source_class="family")
    found = stock.batch("transfers", side="found", source_class="occupation")
    for i in range(80):
        stock.record({"full_name": f"R{i}"}, batch=reports, key=f"R{i}", values=values(i))
        stock.record({"full_name": f"T{i}"}, batch=found, key=f"T{i}", values=values(i))
        stock.record({"full_name": f"A{i}"}, batch=found, key=f"A{i}", values=values(i) | {"given": "ярина"})
    run.run(LinkRequest(CONFIGS / "linkage" / "children.yaml"))
    settings.cache_clear()

    pairs = list(Candidate.objects.select_related("run", "left__source", "right__source"))
    priors = {runs.prior_bits(pair.run, pair.left.source.slug, pair.right.source.slug) for pair in pairs}
    assert len(pairs) > 60 and len(priors) == 1
    prior = priors.pop()
    assert prior is not None and -12 < prior < -4, "80 true pairs of 80 by 160 records"
    tellable = [pair for pair in pairs if 0.001 < pair.probability < 0.999]
    assert tellable
    for pair in tellable:
        assert math.log2(pair.probability / (1 - pair.probability)) <= prior + pair.weight + 0.05
