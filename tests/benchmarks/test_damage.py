"""Every kind of damage is done, and Ridni stands up to it."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.damage.__main__ import main
from benchmarks.damage.kinds import KINDS

ROW = {
    "surname": "Ковальчук",
    "given": "Олександр",
    "patronymic": "Петрович",
    "sex": "m",
    "birth": "2012-03-04/2012-03-04",
}
BELOW = {"surname": "Швець", "given": "Марія", "patronymic": "Іванівна", "sex": "f", "birth": "2009-08-17/2009-08-17"}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"none"}))
def test_each_kind_changes_what_it_says_and_nothing_else(kind):
    changed = dict(ROW)
    KINDS[kind](changed, BELOW, Random(3))
    assert changed != ROW
    dated = any(word in kind for word in ("birth", "year", "day", "age", "January"))
    assert (changed["birth"] != ROW["birth"]) == dated
    assert (changed["sex"] != ROW["sex"]) == (kind == "sex turned")


def test_the_benchmark_runs_and_blocking_survives(capsys, tmp_path):
    assert main(["--quick", "--out", str(tmp_path)]) == 0
    rows = [line.split(" | ") for line in (tmp_path / "damage.md").read_text("utf-8").splitlines() if "| " in line]
    (every,) = [row for row in rows if row[0] == "| all"]
    assert float(every[2]) >= 0.985, "share of the true pairs that blocking finds"
    assert float(every[3]) >= 0.95, "F1"
