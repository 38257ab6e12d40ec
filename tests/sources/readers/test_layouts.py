"""Rows of data are told from headers of further tables, and cost little."""

from itertools import product

import pytest

from sources import column_names
from sources.column_names import NAMING, field_of, fold, is_name_of_column
from sources.readers.tables.layouts import is_header

KNOWN = frozenset(map(fold, ("Номер", "ПІБ дитини", "Рік 2024", "Мати")))
CELLS = ("Номер", "номер:", "Рік 2024", "17", "Дата народження", "ПІБ", "Прізвище", "Коваль Олена", "Херсон", "Стать")


def by_definition(filled: tuple[str, ...]) -> bool:
    """Return what `is_header` means, with every cell looked at by every rule."""
    needed = max(2, len(filled) - 1)
    if sum(fold(text) in KNOWN for text in filled) >= needed:
        return True
    named = [text for text in filled if fold(text) in KNOWN or is_name_of_column(text)]
    fields = {field_of(text) for text in named}
    return len(named) >= needed and bool(fields & NAMING) and len(fields) > 1


def test_a_row_is_a_header_by_the_same_rule_wherever_its_cells_stand() -> None:
    rows = [row for width in (2, 3, 4) for row in product(CELLS, repeat=width)]
    told = {row for row in rows if is_header(row, KNOWN)}
    assert told == {row for row in rows if by_definition(row)}
    assert len(told) > 100 and len(rows) - len(told) > 1000


def test_a_row_with_a_number_and_a_date_asks_for_no_column_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    known = column_names.field_of

    def counted(name: str) -> str:
        asked.append(name)
        return known(name)

    monkeypatch.setattr(column_names, "field_of", counted)
    assert not is_header(["Коваль Олена", "Херсон", "04.05.2012", "38", "Школа"], KNOWN)
    assert asked == []
    assert is_header(["Прізвище", "Ім'я", "Дата народження"], KNOWN)
    assert asked
