"""Progress that is true: a bar only where the total is known, and what remains in seconds when it is long."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipelines.cli.console import bars


def shown(done: int, total: int | None, seconds: float) -> str:
    """Return the line of a step that has come so far after so many seconds."""
    now = [0.0]
    console = Console(file=io.StringIO(), width=140, force_terminal=True, color_system=None)
    lines = bars(console, lambda: now[0])
    task = lines.add_task("Reading", total=total)
    for moment in range(1, 11):
        now[0] = seconds * moment / 10
        lines.update(task, completed=done * moment / 10, total=total)
    with console.capture() as capture:
        console.print(lines.get_renderable())
    return capture.get().replace("\u202f", "")


@pytest.mark.parametrize("done", [0, 500, 12_000])
def test_without_a_total_there_is_a_count_and_no_bar(done):
    line = shown(done, None, 20)
    assert "?" not in line
    assert "/" not in line
    assert "\u2501" not in line, "no bar"
    assert "left" not in line
    assert not done or str(done) in line


def test_a_step_of_one_shows_no_bar_that_stands_at_nothing():
    assert "\u2501" not in shown(0, 1, 20)


@pytest.mark.parametrize(("done", "seconds", "left"), [(20, 10, "about 40 s left"), (50, 60, "about 60 s left")])
def test_what_remains_is_told_in_seconds(done, seconds, left):
    line = shown(done, 100, seconds)
    assert f"{done} of 100" in line
    assert "\u2501" in line
    assert left in line


@pytest.mark.parametrize(("done", "seconds"), [(90, 20), (99, 3), (100, 50)])
def test_five_seconds_are_not_counted_down(done, seconds):
    assert "left" not in shown(done, 100, seconds)


@pytest.mark.django_db
def test_an_ingestion_tells_its_rows_and_then_that_they_are_being_stored(tmp_path, monkeypatch):
    from configs.settings import settings
    from pipelines.ingestion import jobs
    from registry.evidence.custody import CollectionFacts
    from sources.description.load import load_config

    monkeypatch.setenv("RIDNI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    config, file = tmp_path / "cards.yaml", tmp_path / "cards.csv"
    config.write_text("source_class: family\nreader: csv\nkey: id\nfields:\n  full_name: name\n", encoding="utf-8")
    rows = [f"{n},Вигаданенко Зоряна" for n in range(1_234)]
    file.write_text("\n".join(["id,name", *rows]) + "\n", encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    try:
        job = jobs.prepare(load_config(config), config, file, CollectionFacts.stated("made", "a test"))
        counts = jobs.run(job, lambda *step: told.append(step))
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert counts.records_new == 1_234
    *read, last = told
    assert [step for step, _, _ in read] == ["rows"] * len(read)
    assert all(total >= 1_234 > done for _, done, total in read)
    assert last == ("storing", 0, 0)
