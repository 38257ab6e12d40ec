"""Pairs that the budget left out come back when somebody asks for them, with the scores that they would have had."""

import re

import pytest
from django.db.models import Count

from configs.settings import settings
from matching.errors import ModelError
from pipelines.linkage import run, weaker
from pipelines.linkage.outcome import LinkRequest
from registry.models import Candidate, Record
from tests.pipelines.linkage.test_incremental import SPEC, registry, values  # noqa: F401

pytestmark = pytest.mark.django_db

STORE = re.compile(r"^store: .*$", re.M)
FIELDS = ("left_id", "right_id", "weight", "probability", "scenario", "reasons")


@pytest.fixture
def specs(tmp_path, monkeypatch):
    """A spec that stores no weak pair, which is the deployment's, and one that stores all."""
    text = SPEC.read_text(encoding="utf-8")
    sparing, generous = tmp_path / "sparing.yaml", tmp_path / "generous.yaml"
    for file, kept in ((sparing, "weak_below: 0.01, weak_per_found: 0"), (generous, "weak_below: 0.00002")):
        changed, times = STORE.subn(f"store: {{floor_probability: 0.00002, {kept}}}", text)
        assert times == 1
        file.write_text(changed, encoding="utf-8")
    monkeypatch.setenv("RIDNI_LINKAGE_SPEC", str(sparing))
    settings.cache_clear()
    return sparing, generous


def of(record: Record) -> list[tuple[object, ...]]:
    return sorted(Candidate.objects.filter(left=record).values_list(*FIELDS))


def test_the_likeliest_that_were_left_out_come_with_the_scores_of_the_run(registry, specs):  # noqa: F811
    sparing, generous = specs
    first = run.run(LinkRequest(generous))
    most = Candidate.objects.values("left").annotate(pairs=Count("pk")).order_by("-pairs", "left").first()
    record = Record.objects.get(pk=most["left"])
    run.run(LinkRequest(generous, model_run=first.run_id))
    whole = of(record)
    assert run.run(LinkRequest(sparing, model_run=first.run_id)).left_out > 0
    before = of(record)
    came = weaker.find([record.pk], most=2)
    after = of(record)
    assert came == 2 and set(before) < set(after) and len(after) == len(before) + 2
    weaker.find([record.pk], most=500)
    assert weaker.find([record.pk], most=500) == 0
    # The same pairs with the same bits as of a run that stores everything; rivals that nobody stored are not known.
    every = of(record)
    assert [row[:3] + row[4:] for row in every] == [row[:3] + row[4:] for row in whole]
    assert max(abs(one[3] - other[3]) for one, other in zip(every, whole, strict=True)) < 0.02


def test_the_next_run_takes_back_what_nobody_judged(registry, specs):  # noqa: F811
    sparing, _ = specs
    run.run(LinkRequest(sparing))
    record = Record.objects.filter(key="R3").get()
    before = of(record)
    weaker.find([record.pk])
    registry.record({"full_name": "L2"}, batch=registry.lists, key="L2", values=values(2))
    run.run(LinkRequest(sparing))
    new = Record.objects.get(key="L2").pk
    assert {row[:2] for row in of(record)} <= {row[:2] for row in before} | {(record.pk, new)}


def test_without_a_run_it_says_what_to_do(registry, specs):  # noqa: F811
    with pytest.raises(ModelError, match="Run `ridni link` first"):
        weaker.find([Record.objects.first().pk])
