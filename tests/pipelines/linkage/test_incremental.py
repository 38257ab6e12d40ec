"""What came since the last run is linked alone, found through keyed digests, and scored as by a run over everything."""

from __future__ import annotations

import random

import pytest

from configs.settings import CONFIGS, settings
from pipelines.linkage import incremental, run
from pipelines.linkage.outcome import LinkRequest
from pipelines.linkage.records_frame import current_frame
from registry.models import Candidate, LinkedRecord, Record, RecordBuckets

pytestmark = pytest.mark.django_db

SPEC = CONFIGS / "linkage" / "children.yaml"
GIVEN = ("Олена", "Ірина", "Марія", "Ганна", "Дарина", "Софія", "Надія", "Оксана")


def values(i: int) -> dict[str, object]:
    rng = random.Random(i)
    day = f"20{rng.randrange(8, 20):02d}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    surname = "".join(rng.choice("бвгджзклмнпрст") + rng.choice("аеиоу") for _ in range(3)) + "ко"
    return {"surname": surname.title(), "given": rng.choice(GIVEN), "sex": "f", "birth": f"{day}/{day}"}


@pytest.fixture
def registry(stock, tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    stock.reports = stock.batch("reports", side="seeking", source_class="family")
    stock.lists = stock.batch("lists", side="found", source_class="occupation")
    for i in range(300):
        stock.record({"full_name": f"R{i}"}, batch=stock.reports, key=f"R{i}", values=values(i))
        if i % 2:
            stock.record({"full_name": f"L{i}"}, batch=stock.lists, key=f"L{i}", values=values(i))
    yield stock
    settings.cache_clear()


def stored() -> dict[tuple[int, int], float]:
    return {(c.left_id, c.right_id): c.probability for c in Candidate.objects.all()}


def test_only_what_is_new_is_linked_and_nothing_old_is_touched(registry):
    first = run.run(LinkRequest(SPEC))
    assert first.new is None and LinkedRecord.objects.count() == first.records == 450
    assert not RecordBuckets.objects.exists()
    before = stored()
    assert run.run(LinkRequest(SPEC, only_new=True)) is None
    for i in range(0, 20, 2):
        registry.record({"full_name": f"L{i}"}, batch=registry.lists, key=f"L{i}", values=values(i))
    second = run.run(LinkRequest(SPEC, only_new=True))
    assert second.new == 10 and second.records < 120 and second.compared < first.compared / 4
    after = stored()
    assert {pair: after[pair] for pair in before} == before
    new = set(Record.objects.filter(key__in=[f"L{i}" for i in range(0, 20, 2)]).values_list("id", flat=True))
    assert {pair for pair in after if pair not in before} == {pair for pair in after if new & set(pair)}
    found = Candidate.objects.filter(right_id__in=new).select_related("left", "right")
    best = {c.right.key: c.left.key for c in found.order_by("probability")}
    assert best == {f"L{i}": f"R{i}" for i in range(0, 20, 2)}
    assert run.run(LinkRequest(SPEC, only_new=True)) is None


def test_scores_are_those_of_a_run_over_everything_with_the_same_model(registry):
    first = run.run(LinkRequest(SPEC))
    for i in range(0, 20, 2):
        registry.record({"full_name": f"L{i}"}, batch=registry.lists, key=f"L{i}", values=values(i))
    run.run(LinkRequest(SPEC, only_new=True))
    by_delta = stored()
    run.run(LinkRequest(SPEC, model_run=first.run_id))
    whole = stored()
    likely = {pair for pair, probability in whole.items() if probability > 0.5}
    assert len(likely) >= 150 and likely <= set(by_delta)
    assert max(abs(by_delta[pair] - whole[pair]) for pair in likely) < 0.02


def test_a_new_version_is_new_and_other_rules_make_everything_new(registry, tmp_path):
    run.run(LinkRequest(SPEC))
    old = Record.objects.get(key="L1")
    Record.objects.filter(pk=old.pk).update(is_current=False)
    changed = values(1) | {"given": "Олена" if values(1)["given"] != "Олена" else "Марія"}
    registry.record({"full_name": "L1b"}, batch=registry.lists, key="L1", values=changed, version=2)
    assert run.run(LinkRequest(SPEC, only_new=True)).new == 1
    assert not RecordBuckets.objects.filter(record=old).exists()
    other = tmp_path / "other.yaml"
    other.write_text(
        SPEC.read_text(encoding="utf-8").replace("    - [mother.given, birth.day]\n", ""), encoding="utf-8"
    )
    assert run.run(LinkRequest(other, only_new=True)).new is None


def test_what_a_run_keeps_tells_no_name(registry):
    outcome = run.run(LinkRequest(SPEC))
    surname = str(values(1)["surname"])
    for path in outcome.folder.path.iterdir():
        text = path.read_text(encoding="utf-8").lower()
        assert surname.lower() not in text and "olen" not in text, path.name


def test_a_run_that_was_killed_before_its_end_leaves_its_records_new(registry, monkeypatch):
    run.run(LinkRequest(SPEC))
    registry.record({"full_name": "L0"}, batch=registry.lists, key="L0", values=values(0))

    def killed(*_, **__):
        raise KeyboardInterrupt

    keep = incremental.keep
    monkeypatch.setattr(incremental, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        run.run(LinkRequest(SPEC, only_new=True))
    monkeypatch.setattr(incremental, "keep", keep)
    again = run.run(LinkRequest(SPEC, only_new=True))
    assert again.new == 1 and again.candidates.new == 0


def test_the_frame_does_not_depend_on_database_ids(registry):
    from matching.spec.yaml_file import load_spec
    from pipelines.linkage.records_frame import digest_of_records

    frame = current_frame(load_spec(SPEC))
    assert digest_of_records(frame.assign(record_id=frame["record_id"] + 1000)) == digest_of_records(frame)
    assert frame[["source", "key"]].apply(tuple, axis=1).is_monotonic_increasing


def everything_stored() -> dict[str, object]:
    """Count what PostgreSQL has written of the linkage's tables, and what stands in the run's folders."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        tables = ("candidate", "run", "bucketpage", "linkedrecord", "recordbuckets", "deskfacts", "filterfacts")
        written = {}
        for table in tables:
            cursor.execute(f"SELECT count(*), max(xmin::text::bigint), max(xmax::text::bigint) FROM registry_{table}")
            written[table] = cursor.fetchone()
    folders = sorted(p.stat().st_mtime_ns for p in settings().folder("runs").rglob("*"))
    return written | {"folders": folders}


def test_a_run_when_nothing_has_changed_writes_nothing(registry):
    first = run.run(LinkRequest(SPEC))
    before = everything_stored()
    again = run.run(LinkRequest(SPEC))
    assert again.unchanged and again.run_id == first.run_id and everything_stored() == before
    assert again.candidates.proposed == again.candidates.unchanged == first.candidates.new
    assert (again.rules, again.records, again.compared) == (first.rules, first.records, first.compared)
    assert (again.empty_fields, again.left_out) == (first.empty_fields, first.left_out)
    asked = run.run(LinkRequest(SPEC, again=True))
    assert asked.run_id > first.run_id and not asked.unchanged
    counts = asked.candidates
    assert (counts.new, counts.updated, counts.withdrawn, counts.unchanged) == (0, 0, 0, counts.proposed)


@pytest.mark.parametrize("change", ["record", "version", "spec", "side", "run", "report"])
def test_whatever_a_run_depends_on_makes_it_run(registry, tmp_path, change):
    first = run.run(LinkRequest(SPEC))
    spec = SPEC
    if change == "record":
        registry.record({"full_name": "L0"}, batch=registry.lists, key="L0", values=values(0))
    elif change == "version":
        Record.objects.filter(key="L1").update(is_current=False)
        registry.record({"full_name": "L1b"}, batch=registry.lists, key="L1", values=values(2), version=2)
    elif change == "spec":
        spec = tmp_path / "other.yaml"
        spec.write_text(SPEC.read_text(encoding="utf-8") + "# one more word\n", encoding="utf-8")
    elif change == "side":
        type(registry.lists.source).objects.filter(slug="lists").update(side="both")
    elif change == "run":
        run.run(LinkRequest(SPEC, model_run=first.run_id))
    else:
        first.folder.report.unlink()
    second = run.run(LinkRequest(spec))
    assert second.run_id > first.run_id and not second.unchanged
