"""`transfer_lists.xlsx`: Russian lists of groups, one sheet a transfer, each sheet kept by another clerk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from synthetic.lists import sheet_layouts
from synthetic.lists.shapes import DITTO
from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.workbook import Book, Cell
from synthetic.lists.writing import differs, dotted, entered, russian_parts, slipped, without_yo
from synthetic.population.inflection import inflect, russian_patronymic_genitive, russian_surname_genitive
from synthetic.population.people import Child, Community, Transfer
from synthetic.world import World

SLUG = "transfer_lists"
COLUMNS = ("№", "ФИО", "Дата рождения", "Откуда", "Учреждение", "Примечание")
_WIDTHS = (5, 40, 14, 36, 48, 24)
_HEADER_REPEATED = 0.4
SHEETS_PER_FILE = 1000
_PLACE = COLUMNS.index("Откуда")
_BORN_AS_CELL = 0.25


@dataclass(frozen=True, slots=True)
class _Clerk:
    """The habits of the clerk who kept one sheet."""

    initials: bool
    year_only: bool
    capitals: bool
    genitive: bool
    header_repeated: bool
    alphabetical: bool
    yo: bool

    @classmethod
    def drawn(cls, rng: Random, world: World) -> _Clerk:
        damage = world.damage
        initials = rng.random() < damage.sheet_initials
        return cls(
            initials=initials,
            year_only=rng.random() < damage.sheet_year_only,
            capitals=rng.random() < damage.sheet_capitals,
            genitive=not initials and rng.random() < damage.sheet_genitive,
            header_repeated=rng.random() < _HEADER_REPEATED,
            alphabetical=rng.random() < 0.6,
            yo=rng.random() < 0.2,
        )


class TransferLists:
    """Writes a sheet for each group of children that was taken together."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self._folder = folder
        self._sheets = 0
        self.files: list[Path] = []
        for earlier in folder.glob("transfer_lists_*.xlsx"):
            earlier.unlink()
        self._book = self._volume()

    def add(self, community: Community) -> None:
        """The groups of one community."""
        rng = self._world.rng(SLUG, community.number)
        for transfer in community.transfers:
            taken = [child for child in community.children if child.transfer is transfer and SLUG in child.lists]
            if taken:
                self._write(community, transfer, taken, rng)

    def close(self) -> None:
        """Puts the file together."""
        if not self._sheets:
            self._book.sheet("нет данных")
        self._book.close()

    def _volume(self) -> Book:
        """A workbook of its own for each `SHEETS_PER_FILE` sheets: no office opens one with ten thousand."""
        number = len(self.files) + 1
        self.files.append(self._folder / ("transfer_lists.xlsx" if number == 1 else f"transfer_lists_{number}.xlsx"))
        return Book(self.files[-1], "Списки")

    def _write(self, community: Community, transfer: Transfer, taken: list[Child], rng: Random) -> None:
        if self._sheets and self._sheets % SHEETS_PER_FILE == 0:
            self._book.close()
            self._book = self._volume()
        self._sheets += 1
        name = f"{self._sheets:05d} {transfer.on:%d.%m.%y} {transfer.town}"[:31]
        clerk = _Clerk.drawn(rng, self._world)
        sheet = self._book.sheet(name, _WIDTHS)
        institution = community.institution
        number = f" № {institution.number}" if institution.number else ""
        origin = f"{institution.kind.ru_genitive}{number} г. {institution.town.ru}"
        titles = (
            f"Список детей, направленных из {origin} в {transfer.region.accusative} {transfer.on:%d.%m.%Y}",
            f"Место размещения: {transfer.region.name}, г. {transfer.town}",
        )
        for row, title in enumerate(titles, 1):
            sheet.headings([title], [f"A{row}:F{row}"])
        sheet.append()
        columns = [*COLUMNS[:2], "Год рождения" if clerk.year_only else COLUMNS[2], *COLUMNS[3:]]
        if clerk.alphabetical:
            taken.sort(key=lambda child: child.name.parts("ru"))
        else:
            rng.shuffle(taken)
        rows: list[list[Cell]] = []
        for row, child in enumerate(taken, 1):
            done: set[str] = set()
            rows.append([row, *self._cells(community, child, clerk, rng, done)])
            self._truth.add(SLUG, f"{name}/{row}", child.person_id, scenario_of(child, done))
        shapes = self._world.rng(f"shapes of {SLUG}", self._sheets)  # apart: other rates leave the rest as it is
        layout = sheet_layouts.drawn(shapes, self._world.damage)
        if layout == "table" and shapes.random() < self._world.damage.sheet_ditto:
            _with_dittos(rows, taken)
        sheet_layouts.write(sheet, layout, columns, rows, header_repeated=clerk.header_repeated)
        sheet.append()
        sheet.append([None, f"Всего: {len(taken)}"])
        if rng.random() < 0.5:
            sheet.append([None, "* сведения уточняются"])
        sheet.close()

    def _cells(self, community: Community, child: Child, clerk: _Clerk, rng: Random, done: set[str]) -> list[Cell]:
        damage = self._world.damage
        born = entered(child.birth_date, rng, damage, done) if not clerk.year_only else child.birth_date
        former = rng.random() < damage.former_place
        place = child.home.described("ru", former=former, oblast=rng.random() < 0.5)
        cells: list[Cell] = [
            self._name(child, clerk, rng, done),
            _birth_cell(born, rng, self._world) if not clerk.year_only else born.year,
            place if rng.random() >= damage.missing_field else None,
            child.institution.written("ru") if child.institution and rng.random() < 0.5 else None,
            _note(community, child, rng),
        ]
        if clerk.capitals:
            cells = [cell.upper() if isinstance(cell, str) and index != 4 else cell for index, cell in enumerate(cells)]
        return [without_yo(cell) if isinstance(cell, str) and not clerk.yo else cell for cell in cells]

    def _name(self, child: Child, clerk: _Clerk, rng: Random, done: set[str]) -> str:
        damage = self._world.damage
        surname, given, patronymic = russian_parts(child.name, rng, damage)
        if differs((surname, given, patronymic), child.name.parts("uk")):
            done.add("russified")
        if clerk.initials:
            done.add("initials")
            surname = slipped([surname], rng, damage, done)[0]
            last = f"{patronymic[0]}." if rng.random() >= damage.missing_patronymic else ""
            return f"{surname} {given[0]}.{rng.choice(('', ' '))}{last}".strip()
        if rng.random() < damage.missing_patronymic:
            patronymic = ""
        if rng.random() < damage.diminutive and child.name.given.diminutives_ru:
            given, patronymic = rng.choice(child.name.given.diminutives_ru), ""
            done.add("diminutive")
        if clerk.genitive:
            adjectival = child.name.surname.ru_m != child.name.surname.ru_f
            surname = russian_surname_genitive(surname, child.sex, adjectival=adjectival)
            given = inflect(given, "genitive", "ru", child.sex)
            patronymic = russian_patronymic_genitive(patronymic) if patronymic else ""
        surname, given, patronymic = slipped([surname, given, patronymic], rng, damage, done)
        if rng.random() < damage.name_order:
            surname, given = given, surname
        return " ".join(filter(None, (surname, given, patronymic)))


def _with_dittos(rows: list[list[Cell]], taken: list[Child]) -> None:
    """A ditto mark in the place of each child who comes from the same place as the child above."""
    for row in range(1, len(rows)):
        if taken[row].home is taken[row - 1].home and rows[row][_PLACE] and rows[row - 1][_PLACE]:
            rows[row][_PLACE] = DITTO


def _birth_cell(born: date, rng: Random, world: World) -> Cell:
    if rng.random() < _BORN_AS_CELL:
        return born
    return dotted(born, rng, world.damage) + (" г.р." if rng.random() < 0.1 else "")


def _note(community: Community, child: Child, rng: Random) -> str | None:
    siblings = [other for other in community.siblings(child) if other.transfer is child.transfer]
    if siblings and rng.random() < 0.4:
        other = rng.choice(siblings)
        return f"{'брат' if other.sex == 'm' else 'сестра'} {other.name.given.ru}"
    return rng.choice(("*", "мед. карта", "без документов")) if rng.random() < 0.08 else None
