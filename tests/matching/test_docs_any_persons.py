"""The worked examples of docs/any-persons.md do what the page says."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "any-persons.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def said() -> dict:
    """Run the page from top to bottom, with lists of invented people where it takes those of pseudopeople."""
    census, security = households()
    names = {"census": census.drop(columns="person"), "security": security.drop(columns="person")}
    for block in BLOCKS:
        exec(compile(block, "docs/any-persons.md", "exec"), names)
    return names | {"persons": [*census["person"], *security["person"]]}


def households(count: int = 700, seed: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Families of up to four, all in the register, most in the census, where one in five has something altered."""
    rng = np.random.default_rng(seed)
    first = [
        "".join(p) for p in itertools.product(["an", "be", "car", "dor", "el", "fin"], ["na", "to", "mil", "ra", "us"])
    ]
    last = [
        "".join(p)
        for p in itertools.product(["ber", "kla", "mor", "sten", "vil"], ["g", "ner", "ton", "dal"], ["", "er", "son"])
    ]
    days = pd.date_range("1940-01-01", "2019-12-31")
    rows = []
    for _ in range(count):
        family = str(rng.choice(last))
        for _ in range(int(rng.integers(1, 5))):
            born, middle = days[int(rng.integers(len(days)))], str(rng.choice(list("abcdefghj")))
            sex = str(rng.choice(["Female", "Male"]))
            rows.append((len(rows), str(rng.choice(first)), family, middle, f"{born:%Y-%m-%d}", sex))
    columns = ["person", "first_name", "last_name", "middle_initial", "date_of_birth", "sex"]
    security = pd.DataFrame(rows, columns=columns)
    census = security.sample(frac=0.8, random_state=seed).reset_index(drop=True).copy()
    for row in range(len(census)):
        chance = rng.random()
        if chance < 0.05:
            census.loc[row, "first_name"] = "wife"
        elif chance < 0.10:
            census.loc[row, "last_name"] = str(rng.choice(last))
        elif chance < 0.15:
            census.loc[row, "date_of_birth"] = (
                "1" + census.loc[row, "date_of_birth"][1:3] + "9" + census.loc[row, "date_of_birth"][4:]
            )
        elif chance < 0.20:
            census.loc[row, "first_name"] = census.loc[row, "first_name"][1:] + "e"
    return census, security


def best_f1(candidates: pd.DataFrame, person_of, true: int) -> float:
    hits = np.cumsum(
        [person_of[a] == person_of[b] for a, b in zip(candidates["left"], candidates["right"], strict=True)]
    )
    return float((2 * hits / (np.arange(1, len(hits) + 1) + true)).max())


def test_two_files_of_the_same_people(said):
    person = {key: key.split("-")[1] for key in said["records"]["record_id"]}
    assert best_f1(said["linkage"].candidates, person, 5_000) >= 0.9995


def test_a_census_and_a_register_with_look_alikes(said):
    true = len(said["census"])
    assert best_f1(said["found"].candidates, said["persons"], true) >= 0.98
    assert said["found"].doubts == ()
    (group,) = said["found"].model.groups.values()
    assert group.scenarios["first_name_replaced"] > 0.02, "one in twenty is called 'wife'"


def test_one_list_with_people_in_it_several_times(said):
    assert said["precision"] > 0.998 and said["recall"] > 0.998


def test_every_line_of_the_table_is_a_spec_that_holds():
    """Each wish as the page writes it, put together into one spec."""
    import yaml

    from matching.spec import LinkageSpec

    wishes = re.findall(r"^\| [^|]+ \| (.*) \|$", PAGE, flags=re.MULTILINE)[1:]
    assert len(wishes) == 9
    codes = [code for wish in wishes for code in re.findall(r"`([^`]+)`", wish)]
    fields = {"last_name": {"kind": "string"}, "first_name": {"kind": "string"}, "date_of_birth": {"kind": "date"}}
    rules, more, blocking = [], {}, {}
    for code in codes:
        meant = yaml.safe_load(code)
        if isinstance(meant, str) or "key" in meant:
            rules.append([meant])
        elif "blocking" in meant:
            blocking = meant["blocking"]
        elif "against_by_class" in meant:
            fields["first_name"] |= meant
        elif set(meant) & {"within", "between"}:
            more |= meant
        else:
            fields |= meant
    spec = LinkageSpec.model_validate(
        {"version": 1, "name": "wishes", "fields": fields, "scenarios": {"plain": {"prior": 1}},
         "blocking": {"rules": rules, **blocking}, **more}
    )  # fmt: skip
    assert len(spec.blocking.rules) == 3 and spec.searches_within("register")
    assert spec.fields["parents"].columns == ("mother", "father")
