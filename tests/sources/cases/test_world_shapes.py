"""The shapes in which the fictional world writes its lists mean what the plain lists mean: read so, or in doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sources import load_config
from synthetic.corruption.rates import Damage
from synthetic.lists import write_world
from tests.sources.cases.conftest import Read

CONFIGS = Path(__file__).parents[3] / "configs" / "sources"
FILES = {
    "family_reports": "family_reports.csv",
    "authority_register": "authority_register.xlsx",
    "transfer_lists": "transfer_lists.xlsx",
    "telegram_posts": "telegram/result.json",
}
MEANT = (
    "surname",
    "given",
    "patronymic",
    "sex",
    "birth",
    "last_place",
    "birthplace",
    "institution",
    "mother",
    "father",
)


def values(source: str, folder: Path, damage: Damage) -> dict[str, dict]:
    write_world(folder, children=200, cards=0, damage=damage)
    found = Read(load_config(CONFIGS / f"{source}.yaml"), folder / "lists" / FILES[source])
    assert not found.problems
    return {child.item.key: child.meant.values for child in found.children}


@pytest.mark.parametrize(
    ("source", "shape", "silent"),
    [
        ("family_reports", "name_and_more", 0),
        ("family_reports", "name_declined", 0.05),
        ("family_reports", "nothing_in_words", 0),
        ("family_reports", "escaped", 0),
        ("authority_register", "columns_swapped", 0.02),
        ("authority_register", "nothing_in_words", 0),
        ("authority_register", "row_struck", 0),
        ("authority_register", "row_hidden", 0),
        ("transfer_lists", "sheet_beside", 0),
        ("transfer_lists", "sheet_below", 0),
        ("transfer_lists", "sheet_cards", 0),
        ("transfer_lists", "sheet_ditto", 0),
    ],
)
def test_a_list_of_another_shape_means_the_same_or_says_so(source, shape, silent, tmp_path):
    plain = values(source, tmp_path / "plain", Damage.none())
    shaped = values(source, tmp_path / shape, replace(Damage.none(), **{shape: 1.0}))
    assert shaped.keys() == plain.keys() and len(plain) > 100
    without_word = [
        key
        for key, meant in plain.items()
        if any(meant.get(name) != shaped[key].get(name) for name in MEANT)
        and not set(shaped[key].get("doubts", ())) - set(meant.get("doubts", ()))
    ]
    assert len(without_word) <= silent * len(plain), [(plain[key], shaped[key]) for key in without_word[:3]]


def test_births_in_words_hold_the_day_of_birth(tmp_path):
    plain = values("family_reports", tmp_path / "plain", Damage.none())
    shaped = values("family_reports", tmp_path / "words", replace(Damage.none(), birth_in_words=1.0))
    for key, meant in plain.items():
        first, _, last = shaped[key]["birth"].partition("/")
        assert first <= meant["birth"][:10] <= last


@pytest.mark.parametrize("shape", ["post_capitals", "post_initials", "post_family"])
def test_each_child_of_a_post_is_found_in_any_shape(shape, tmp_path):
    plain = values("telegram_posts", tmp_path / "plain", Damage.none())
    shaped = values("telegram_posts", tmp_path / shape, replace(Damage.none(), **{shape: 1.0}))
    assert shaped.keys() == plain.keys()
    for key, meant in plain.items():
        assert shaped[key]["given"][:1] == meant["given"][:1] or shape == "post_initials"
        assert shaped[key].get("birth") == meant.get("birth")
