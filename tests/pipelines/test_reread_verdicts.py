"""Reading stored bytes again loses no verdict: of a row that it changes, and of one that it does not."""

from __future__ import annotations

import pytest

from pipelines.ingestion import jobs, rereading
from registry.evidence.custody import Actor, CollectionFacts
from registry.linkage import agreed_verdicts
from registry.models import Candidate, Identity, Record, Review
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

CONFIG = """\
source_class: authority
language: uk
reader: csv
key: №
fields: {full_name: ПІБ, birth_date: Дата%s}
"""
LIST = "№;ПІБ;Дата;Заклад\n1;Вигаданко Марта;15.03.2012;Інтернат № 5\n2;Небуленко Іван;2013;\n"


@pytest.fixture
def stored(tmp_path):
    config, file = tmp_path / "verdicts.yaml", tmp_path / "list.csv"
    config.write_text(CONFIG % "", encoding="utf-8")
    file.write_text(LIST, encoding="utf-8")
    jobs.run(jobs.prepare(load_config(config), config, file, CollectionFacts.stated("made", "a test")))
    return config, {record.key: record for record in Record.objects.filter(source__slug="verdicts")}


def read_again(config):
    config.write_text(CONFIG % ", institution: Заклад", encoding="utf-8")
    changed = load_config(config)
    return rereading.apply(
        list(rereading.plan(changed)), changed, config, actor=Actor.operator(), reason="the institution is read"
    )


@pytest.mark.parametrize("verdict", ["same", "different", "cannot_tell"])
def test_what_people_agreed_on_stands(verdict, stored, stock):
    config, records = stored
    candidates = [stock.candidate(left=records[key]) for key in ("1", "2")]
    for candidate in candidates:
        stock.judge(candidate, verdict, verdict)
    before = list(Review.objects.order_by("pk").values())
    statuses = {candidate.pk: Candidate.objects.get(pk=candidate.pk).status for candidate in candidates}
    agreed, identities = list(agreed_verdicts.agreed()), set(Identity.objects.values_list("pk", flat=True))
    assert read_again(config) == 1
    assert set(Record.objects.filter(source__slug="verdicts").values_list("key", "version", "is_current")) == {
        ("1", 1, False),
        ("1", 2, True),
        ("2", 1, True),
    }
    assert list(Review.objects.order_by("pk").values()) == before and len(before) == 4
    assert {pk: Candidate.objects.get(pk=pk).status for pk in statuses} == statuses
    assert list(agreed_verdicts.agreed()) == agreed
    assert set(Identity.objects.values_list("pk", flat=True)) == identities


def test_a_first_verdict_stands_and_its_pair_is_set_aside_only_where_the_row_changed(stored, stock):
    config, records = stored
    changed, same = (stock.candidate(left=records[key]) for key in ("1", "2"))
    for candidate in (changed, same):
        stock.judge(candidate, "same")
    assert read_again(config) == 1
    assert [Candidate.objects.get(pk=each.pk).status for each in (changed, same)] == ["superseded", "second"]
    assert Review.objects.filter(verdict="same", withdrawal__isnull=True).count() == 2
