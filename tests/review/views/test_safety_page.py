"""docs/safety.md shows the very tables that the program goes by, and settings it names exist."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

import pytest

from configs.settings import Settings
from registry.models import Role

ROOT = Path(__file__).parents[3]
PAGE = (Path(__file__).parents[3] / "docs" / "safety.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "first", "last"), [("permissions.tsv", "right", "meaning"), ("sight.tsv", "class", "reason")]
)
def test_the_tables_are_those_of_the_program(name: str, first: str, last: str) -> None:
    text = files("registry.access").joinpath("data", name).read_text(encoding="utf-8")
    columns = [first, *Role.values, *(["feed"] if name == "sight.tsv" else []), last]
    assert f"| {' | '.join(columns)} |" in PAGE
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        cells = [row[column] if row[column] != "no" else "" for column in columns]
        assert f"| {' | '.join(cells)} |" in PAGE, row[first]


def test_settings_named_on_the_page_exist() -> None:
    named = set(re.findall(r"`RIDNI_(\w+)", PAGE)) | {f"OIDC{part}" for part in re.findall(r"`(_\w+)`", PAGE)}
    assert named and {name.lower() for name in named} <= set(Settings.model_fields)


def test_tests_named_on_the_page_exist() -> None:
    tests = Path(__file__).parents[2]
    named = set(re.findall(r"`(?:tests/)?([\w/]+\.py)`", PAGE))
    known = {str(path.relative_to(tests)) for path in tests.rglob("test_*.py")}
    missing = [name for name in named if not any(path.endswith(name) for path in known) and not (ROOT / name).is_file()]
    assert named and missing == []
