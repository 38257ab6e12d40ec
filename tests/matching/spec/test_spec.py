"""A spec says what is wrong with it, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.settings import CONFIGS
from matching.errors import SpecError
from matching.spec.yaml_file import load_spec

GOOD = """\
version: 1
name: small
fields:
  surname: {kind: surname}
  birth: {kind: date}
blocking:
  rules:
    - [surname.key, birth.year]
scenarios:
  plain: {prior: 1.0}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted((CONFIGS / "linkage").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_spec_of_the_project_is_whole(path):
    assert load_spec(path).name == path.stem


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("kind: date", "kind: dates", 5, "unknown kind 'dates'"),
        ("birth.year", "birth.decade", 8, "a date has the keys day, day_month, month, overlap, year"),
        ("surname.key,", "{key: surname.key, letters: 3},", 8, "only a key `start` has letters"),
        ("  rules:", "  columns: {house: houses}\n  rules:", 7, "unknown kind 'houses'"),
        ("  rules:", "  columns: {birth: date}\n  rules:", 7, "'birth' is a field already"),
        ("surname.key", "family.key", 8, "names the field 'family'"),
        ("[surname.key, birth.year]", "[]", 8, "empty"),
        ("prior: 1.0", "prior: 2.0", 10, "less than or equal to 1"),
        ("[surname.key,", "[{key: surname.key, window: 4},", 8, "a window is odd"),
        ("[surname.key,", "[{key: surname.key, window: 3, nearest: {}},", 8, "give one"),
        ("{kind: date}", "{kind: date, subsumed_by: birth}", 5, "in a circle: birth → birth"),
        ("name: small", "name: small\nname: big", 3, "the key 'name' stands twice, first in line 2"),
        ("{prior: 1.0}", "{prior: 1.0, levels: {birth: {sometimes: 1}}}", 10, "no level 'sometimes'"),
        ("name: small", "nam: small", 2, "nam: this key is unknown"),
        ("plain: {prior: 1.0}", "plain: {prior: 1.0, match: false}", 9, "no scenario has match"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, line, said):
    with pytest.raises(SpecError) as caught:
        load_spec(written(tmp_path, GOOD.replace(old, new)))
    assert said in str(caught.value)
    assert f"line {line}:" in str(caught.value)


def test_a_missing_file_and_bad_yaml_are_named(tmp_path):
    with pytest.raises(SpecError, match="cannot be read"):
        load_spec(tmp_path / "none.yaml")
    with pytest.raises(SpecError, match="line 3"):
        load_spec(written(tmp_path, "version: 1\nname: [a\n"))
