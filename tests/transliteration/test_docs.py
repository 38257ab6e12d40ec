"""The documentation pages of names say what the code does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

from transliteration import compare, compare_full_names
from transliteration.comparison import VERDICTS
from transliteration.spelling.systems_page import main, systems_page

DOCS = Path(__file__).parents[2] / "docs"
CELL = re.compile(r"(?<!\\)\|")


def _table(path: Path, head: str) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(head)) + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in CELL.split(line)[1:-1]])
    return rows


def test_examples_of_the_names_page_run() -> None:
    text = (DOCS / "names.md").read_text(encoding="utf-8")
    blocks = "\n\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, "docs/names.md", "docs/names.md", 0)
    assert len(test.examples) > 20
    outcome = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(test)
    assert outcome.failed == 0


def test_systems_page_is_current(tmp_path: Path) -> None:
    assert (DOCS / "names" / "systems.md").read_text(encoding="utf-8") == systems_page()
    main([str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == systems_page()


LEVELS = _table(DOCS / "names" / "levels.md", "| level |")


def test_levels_page_has_every_code_in_the_order_of_levels() -> None:
    assert sorted(row[1].strip("`") for row in LEVELS) == sorted(VERDICTS)
    levels = [VERDICTS[row[1].strip("`")].level for row in LEVELS]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("row", LEVELS, ids=lambda row: row[1].strip("`"))
def test_examples_of_the_levels_page(row: list[str]) -> None:
    level, code, sentence, role, one, other, _ = row
    for pair in ((one, other), (other, one)):
        verdict = compare(*pair, role)  # type: ignore[arg-type]
        assert (verdict.level.name, f"`{verdict.code}`", verdict.sentence) == (level, code, sentence)


def test_worth_on_the_levels_page_is_what_whole_names_count() -> None:
    worth = {row[1].strip("`"): row[6] for row in LEVELS}
    surname, given, patronymic = (float(cell) for cell in worth["identical"].split(" / "))
    whole = "Жартенко Олена Петрівна"
    assert compare_full_names(whole, whole).bits == surname + given + patronymic
    other = compare_full_names("Жартенко Елена Петрівна", whole).bits
    assert np.isclose(other, surname + float(worth["other_language"].split(" / ")[1]) + patronymic)


def test_closeness_on_the_levels_page_is_what_whole_names_count() -> None:
    rows = {row[0]: [float(cell) for cell in row[1:]] for row in _table(DOCS / "names" / "levels.md", "| closeness |")}
    verdict = compare_full_names("Жварченкобит Олена", "Жварченкобет Олена")
    assert verdict.surname.code == "one_slip"
    assert np.isclose(verdict.bits, rows["surname"][-1] + 6.5)
