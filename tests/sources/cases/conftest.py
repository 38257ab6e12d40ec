from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sources.extraction.children import Child, children_of
from sources.extraction.extracted import Problem
from sources.extraction.reading import read_source

CHILDREN = [
    ("Вигаданко Марта Петрівна", "15.03.2012"),
    ("Небуленко Іван Олегович", "28.11.2013"),
    ("Казкова Оксана Ігорівна", "07.05.2011"),
    ("Уявна Соломія Юріївна", "19.07.2010"),
    ("Мріяк Тарас Львович", "02.09.2014"),
    ("Тестенко Ганна Олегівна", "23.01.2015"),
]


class Read:
    """What a description makes of a file: the children by name, the problems, and what is told."""

    def __init__(self, config: Any, path: Path) -> None:
        self.reading = read_source(config, path)
        self.children: list[Child] = []
        self.problems: list[Problem] = []
        for item in self.reading:
            for found in [item] if isinstance(item, Problem) else children_of(item, config):
                (self.problems if isinstance(found, Problem) else self.children).append(found)

    @property
    def written(self) -> list[dict[str, Any]]:
        return [dict(child.item.written) for child in self.children]

    @property
    def names(self) -> list[str]:
        return [str(child.item.written.get("full_name")) for child in self.children]

    @property
    def values(self) -> list[dict[str, Any]]:
        return [child.meant.values for child in self.children]

    @property
    def births(self) -> list[str]:
        return [values.get("birth", "") for values in self.values]

    @property
    def doubts(self) -> list[set[str]]:
        return [set(values.get("doubts", ())) for values in self.values]

    @property
    def notes(self) -> str:
        return " | ".join(self.reading.report.notes)

    @property
    def codes(self) -> list[str]:
        return [problem.reason_code for problem in self.problems]


@pytest.fixture
def read(describe):
    def of(text: str, path: Path) -> Read:
        return Read(describe(text), path)

    return of


@pytest.fixture
def sheet(tmp_path):
    """Write rows into a workbook, or sheets of rows, with a change to each before it is saved."""

    def write(rows, name="list.xlsx", change=None, sheets=None):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, each in (sheets or {"Список": rows}).items():
            page = book.create_sheet(title)
            for row in each:
                page.append(row)
        if change:
            change(book.worksheets[0])
        book.save(tmp_path / name)
        return tmp_path / name

    return write
