"""`authority_register.xlsx`: a register in Ukrainian with merged titles, two header rows and a later delta."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from synthetic.lists.scatter import Scatter
from synthetic.lists.shapes import nothing
from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.workbook import Book, Cell, Sheet
from synthetic.lists.writing import EPOCH, entered, slipped
from synthetic.population.identifiers import birth_certificate, rnokpp, unzr
from synthetic.population.people import Child, Community
from synthetic.world import World

SLUG = "authority_register"
COLUMNS = (
    "Реєстровий №",
    "Прізвище",
    "Ім'я",
    "По батькові",
    "Стать",
    "Дата народження",
    "Свідоцтво про народження",
    "РНОКПП",
    "УНЗР",
    "Місце народження",
    "Місце проживання",
    "Заклад",
    "Дата вибуття",
    "Брати і сестри",
    "Примітка",
)
_GROUPS = (("Дитина", "B", "F"), ("Документи", "G", "I"), ("Місця", "J", "L"), ("Обставини", "M", "O"))
_MAY_SAY_NOTHING = frozenset({"Місце народження", "Місце проживання", "Заклад"})
_WIDTHS = (14, 18, 16, 20, 7, 14, 18, 14, 16, 30, 30, 40, 14, 36, 24)
_DELTA = 0.12
"""Share of the rows that came with the later delta."""


@dataclass(frozen=True, slots=True)
class _Row:
    person_id: str
    scenario: str
    where: int
    cells: list[Cell]
    struck: bool
    hidden: bool


class AuthorityRegister:
    """Writes the register: one row a child, most on the first sheet, the later ones on the second."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self.files = [folder / "authority_register.xlsx"]
        self._book = Book(self.files[0], "Реєстр")
        self._sheets = [
            self._sheet("Реєстр", "станом на 01.09.2023"),
            self._sheet("Доповнення 10.2023", "доповнення за вересень 2023 року, станом на 01.10.2023"),
        ]
        self._numbers = [0, 0]
        self._scatter: Scatter[_Row] = Scatter(world.rng("scatter register", 0))

    def add(self, community: Community) -> None:
        """The children of one community that are in the register."""
        rng = self._world.rng(SLUG, community.number)
        shapes = self._world.rng(f"shapes of {SLUG}", community.number)  # apart: other rates leave the rest as it is
        damage = self._world.damage
        for child in community.children:
            if SLUG in child.lists:
                done: set[str] = set()
                cells = self._cells(community, child, rng, done)
                if shapes.random() < damage.columns_swapped:
                    cells[:2] = cells[1::-1]
                cells = [self._shown(cell, place, shapes) for place, cell in enumerate(cells)]
                struck, hidden = (shapes.random() < rate for rate in (damage.row_struck, damage.row_hidden))
                where = int(rng.random() < _DELTA)
                row = _Row(child.person_id, scenario_of(child, done), where, cells, struck, hidden)
                for ready in self._scatter.put(row):
                    self._write(ready)
                if shapes.random() < damage.row_repeated and not child.alone:
                    for ready in self._scatter.put(replace(row, where=1, struck=False, hidden=False)):
                        self._write(ready)

    def close(self) -> None:
        """Writes what is held back and puts the file together."""
        for row in self._scatter.rest():
            self._write(row)
        self._book.close()

    def _sheet(self, name: str, as_of: str) -> Sheet:
        sheet = self._book.sheet(name, _WIDTHS)
        groups: list[str | None] = [COLUMNS[0]] + [None] * (len(COLUMNS) - 1)
        for title, first, _ in _GROUPS:
            groups[ord(first) - ord("A")] = title
        sheet.headings(["РЕЄСТР дітей, депортованих або примусово переміщених (вигадані дані)"], ["A1:O1"])
        sheet.headings([as_of], ["A2:O2"])
        sheet.headings(groups, ["A3:A4", *(f"{first}3:{last}3" for _, first, last in _GROUPS)])
        sheet.headings([None, *COLUMNS[1:]])
        return sheet

    def _write(self, row: _Row) -> None:
        self._numbers[row.where] += 1
        key = f"{'РД' if row.where == 0 else 'ДД'}-{self._numbers[row.where]:07d}"
        self._sheets[row.where].append([key, *row.cells], struck=row.struck, hidden=row.hidden)
        self._truth.add(SLUG, key, row.person_id, row.scenario)

    def _shown(self, cell: Cell, place: int, shapes: Random) -> Cell:
        """A cell, or what a clerk writes into one of the places about which nothing is known."""
        empty = cell is None and COLUMNS[place + 1] in _MAY_SAY_NOTHING
        return nothing(shapes) if empty and shapes.random() < self._world.damage.nothing_in_words else cell

    def _cells(self, community: Community, child: Child, rng: Random, done: set[str]) -> list[Cell]:
        damage = self._world.damage
        parts = list(child.name.parts("uk"))
        if rng.random() < damage.missing_patronymic:
            parts[2] = ""
        surname, given, patronymic = slipped(parts, rng, damage, done)
        born = entered(child.birth_date, rng, damage, done)
        siblings = "; ".join(
            f"{' '.join(other.name.parts('uk'))}, {other.birth_date.year} р.н." for other in community.siblings(child)
        )
        certificate = birth_certificate(rng)
        taxpayer = rnokpp(child.birth_date, child.sex, rng)
        registry = unzr(child.birth_date, rng)
        return [
            surname,
            given,
            patronymic or None,
            "ж" if child.sex == "f" else "ч",
            _birth_cell(born, rng),
            certificate if rng.random() < 0.6 else None,
            taxpayer if rng.random() < 0.35 else None,
            registry if rng.random() < 0.3 else None,
            None if self._absent(rng) else child.birthplace.described("uk"),
            None if self._absent(rng) else child.home.described("uk"),
            child.institution.written("uk") if child.institution and not self._absent(rng) else None,
            None if self._absent(rng) else f"{child.transfer.on:%d.%m.%Y}",
            siblings or None if not self._absent(rng) else None,
            rng.choice(("уточнюється", "дані закладу", "зі слів опікуна")) if rng.random() < 0.1 else None,
        ]

    def _absent(self, rng: Random) -> bool:
        return rng.random() < self._world.damage.missing_field


def _birth_cell(born: date, rng: Random) -> Cell:
    """A birth date as text, as a date cell, or as the bare serial number of a spreadsheet."""
    kind = rng.random()
    if kind < 0.62:
        return f"{born:%d.%m.%Y}"
    return born if kind < 0.92 else (born - EPOCH).days
