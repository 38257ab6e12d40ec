"""A run's folder: found by number or as the newest, in order, whatever else lies beside it."""

from __future__ import annotations

import pytest

from configs.settings import settings
from matching.errors import ModelError
from pipelines.linkage import run_folder
from pipelines.linkage.run_folder import RunFolder


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    yield settings().folder("runs")
    settings.cache_clear()


def left(run_id: int, *, model: bool = True) -> RunFolder:
    folder = RunFolder(run_id)
    folder.make()
    if model:
        folder.model.write_text(f"model {run_id}", encoding="utf-8")
    return folder


def test_runs_stand_in_the_order_of_their_numbers_and_strangers_are_passed_over(home):
    for number in (9, 10, 1_000_000):
        left(number)
    (home / "notes").mkdir()
    (home / "12.zip").write_text("")
    assert [folder.run_id for folder in run_folder.newest_first()] == [1_000_000, 10, 9]
    assert {path.name for path in home.iterdir()} >= {"000009", "000010", "1000000"}


def test_the_newest_model_is_that_of_the_newest_run_that_left_one(home):
    with pytest.raises(ModelError, match="no run has left a model"):
        run_folder.with_model(None)
    left(2), left(11), left(12, model=False)
    assert run_folder.with_model(None).run_id == 11
    assert run_folder.with_model(2).model_digest == run_folder.digest_of("model 2")
    with pytest.raises(ModelError, match=r"run 12 has no model.*Leave it out"):
        run_folder.with_model(12, mend="Leave it out")


def test_a_manifest_is_read_as_it_was_written_and_a_damaged_one_is_none(home):
    folder = left(3)
    assert folder.read_manifest() == {}
    folder.write_manifest({"seed": 7, "model": "abc"})
    assert folder.read_manifest() == {"model": "abc", "seed": 7}
    folder.manifest.write_text("[1]", encoding="utf-8")
    assert folder.read_manifest() == {}


def test_nobody_else_may_look_into_the_folder(home):
    assert left(4).path.stat().st_mode & 0o077 == 0
