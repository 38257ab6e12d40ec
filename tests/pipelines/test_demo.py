"""The whole way of the data: files, records, candidates, figures; backup and restore; a second run is quick."""

from __future__ import annotations

import csv
import json
import re
import stat

import pytest

SIZE = ("--children", "150", "--cards", "400", "--no-serve")


@pytest.fixture(scope="module")
def demo(fresh):
    return fresh("demo", *SIZE)


@pytest.fixture(scope="module")
def figures(fresh, demo):
    return json.loads(fresh("evaluate", fresh.home / "demo/world/truth.csv", "--json").stdout)


def test_the_demo_tells_what_it_did(demo):
    assert "Linked:" in demo.stdout
    for source in ("family_reports", "transfer_lists", "adoption_cards", "telegram_posts", "media_clippings"):
        assert source in demo.stdout
    assert re.search(r"Authorization: Bearer ridni_\S+", demo.stdout)
    assert demo.stdout.count("verifier") >= 2


def test_every_list_came_in_whole(demo):
    assert not re.search(r"[1-9]\d* quarantined", demo.stdout)


def test_what_is_found_is_good(figures):
    lists = {score["group"]: score for score in figures["by_lists"]}
    assert lists["structured lists"]["best_f1"] >= 0.90
    scenarios = {score["group"]: score for score in figures["by_scenario"]}
    assert {"plain", "russified", "surname_patronymic_replaced", "card"} <= set(scenarios)
    assert scenarios["russified"]["recall_at_1"] >= 0.95


def test_a_second_run_reuses_what_is_there(fresh, demo, figures):
    again = fresh("demo", *SIZE)
    assert "nothing to do again" in again.stdout
    assert again.stdout.partition("What was found")[2] == demo.stdout.partition("What was found")[2]


def test_another_world_wants_another_home(fresh, demo):
    refused = fresh("demo", "--children", "160", "--no-serve", code=1)
    assert "150 children" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_the_export_names_the_keys_of_the_sources(fresh, demo, tmp_path):
    fresh("candidates", "export", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [
        "left_source",
        "left_key",
        "right_source",
        "right_key",
        "weight",
        "probability",
        "scenario",
    ]
    with (fresh.home / "demo/world/truth.csv").open(encoding="utf-8") as stream:
        known = {(row["source"], row["key"]) for row in csv.DictReader(stream)}
    assert {(row["left_source"], row["left_key"]) for row in rows} <= known
    sure = [row for row in rows if row["right_source"] == "transfer_lists" and float(row["probability"]) > 0.9]
    assert {(row["right_source"], row["right_key"]) for row in sure} <= known
    assert len(sure) > 30


def test_a_backup_fills_an_empty_home_with_the_same(fresh, demo, figures, other, tmp_path):
    fresh("backup", tmp_path / "all.tar")
    assert stat.S_IMODE((tmp_path / "all.tar").stat().st_mode) == 0o600
    opened = ("--ring", fresh.home / "keyring.json", "--identity", fresh.home / "keyring.identity")
    other("restore", tmp_path / "all.tar", *opened)
    assert "whole" in other("audit", "verify").stdout
    assert json.loads(other("evaluate", fresh.home / "demo/world/truth.csv", "--json").stdout) == figures
    refused = other("restore", tmp_path / "all.tar", code=1)
    assert "not empty" in refused.stderr


def test_a_damaged_backup_is_refused(fresh, demo, other, tmp_path):
    file = tmp_path / "all.tar"
    fresh("backup", file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    opened = ("--ring", fresh.home / "keyring.json", "--identity", fresh.home / "keyring.identity")
    assert "no whole backup" in other("restore", file, *opened, code=1).stderr
    assert not (other.home / "evidence").exists()


def test_the_log_is_whole_and_a_changed_row_is_named(fresh, demo):
    assert "whole" in fresh("audit", "verify").stdout


def test_a_flipped_byte_of_evidence_is_found(fresh, demo):
    victim = next(p for p in sorted((fresh.home / "evidence").rglob("*")) if p.is_file())
    before = victim.read_bytes()
    victim.chmod(0o600)
    victim.write_bytes(bytes([before[0] ^ 1]) + before[1:])
    try:
        assert victim.name[:12] in fresh("audit", "verify", code=1).stderr
    finally:
        victim.write_bytes(before)
        victim.chmod(0o400)


def test_linking_again_changes_no_candidate(fresh, demo, tmp_path):
    fresh("candidates", "export", tmp_path / "before.csv")
    again = fresh("link", "--explain-blocking")
    assert "0 new" in again.stdout
    assert "surname.key + given.class" in again.stdout
    fresh("candidates", "export", tmp_path / "after.csv")
    assert (tmp_path / "before.csv").read_bytes() == (tmp_path / "after.csv").read_bytes()
    models = sorted((fresh.home / "runs").glob("*/model.json"))
    assert models[0].read_bytes() == models[-1].read_bytes()
