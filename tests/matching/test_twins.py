"""A twin of the other sex with the paired name is a twin, not another spelling."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from configs.settings import CONFIGS
from matching.comparisons import KINDS
from matching.spec.yaml_file import load_spec
from matching.vectors.comparison_vectors import Comparer
from matching.vectors.records import Table
from transliteration import NameLevel, compare

PAIRS = [
    ("Олександр", "Александра"), ("Євген", "Евгения"), ("Валентин", "Валентина"), ("Роман", "Романа"),
    ("Іван", "Иванна"), ("Богдан", "Богдана"), ("Станіслав", "Станіслава"), ("Юлій", "Юлія"),
]  # fmt: skip


def _level(left: dict[str, str], right: dict[str, str]) -> str:
    rows = [{"record_id": 0, "source": "a", "source_class": "family", "side": "seeking", **left}]
    rows.append({"record_id": 1, "source": "b", "source_class": "occupation", "side": "found", **right})
    spec = load_spec(CONFIGS / "linkage" / "children.yaml")
    table = Table(pd.DataFrame(rows).astype(object), spec.columns)
    column = list(spec.fields).index("given")
    matrix = Comparer(spec, table).grade(np.array([0]), np.array([1]))
    return KINDS["given"]().codes[matrix[0, column]]


@pytest.mark.parametrize(("boy", "girl"), PAIRS)
def test_paired_names_of_a_boy_and_a_girl_differ(boy: str, girl: str) -> None:
    assert _level({"given": boy, "sex": "m"}, {"given": girl, "sex": "f"}) == "different"
    assert compare(boy, girl, "given").level <= NameLevel.ONE_SLIP


def test_a_slip_stays_a_slip_where_the_sexes_agree_or_nobody_knows() -> None:
    assert _level({"given": "Олександр", "sex": "m"}, {"given": "Олкесандр", "sex": "m"}) == "one_slip"
    assert _level({"given": "Олександр", "sex": "m"}, {"given": "Олкесандр"}) == "one_slip"


def test_one_name_of_two_stated_sexes_stays_one_name() -> None:
    assert _level({"given": "Женя", "sex": "m"}, {"given": "Женя", "sex": "f"}) == "identical"
