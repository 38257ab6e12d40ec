"""`family_reports.csv`: what relatives wrote, the full name in one cell, in Ukrainian or Russian."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from random import Random

from synthetic.lists.scatter import Scatter
from synthetic.lists.shapes import birth_in_words, declined, escaped, nothing, with_more
from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.writing import MONTHS, differs, dotted, entered, russian_parts, slipped
from synthetic.population.identifiers import telephone
from synthetic.population.people import Child, Community, FullName
from synthetic.population.pools import Language
from synthetic.world import World

SLUG = "family_reports"
COLUMNS = (
    "Номер звернення",
    "ПІБ дитини",
    "Стать",
    "Дата народження",
    "Місце народження",
    "Останнє відоме місце",
    "Дата втрати зв'язку",
    "Заклад",
    "Мати",
    "Батько",
    "Брати і сестри",
    "Прикмети",
    "Мова",
    "Згода на розшук",
    "Контакт",
)
_MAY_SAY_NOTHING = frozenset({"Місце народження", "Заклад", "Мати", "Батько", "Брати і сестри"})
_SEX = {"uk": {"f": "жіноча", "m": "чоловіча"}, "ru": {"f": "женский", "m": "мужской"}}
_CONSENT = {"uk": ("так", "ні"), "ru": ("да", "нет")}


class FamilyReports:
    """Writes the reports of the families of each community."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self.files = [folder / "family_reports.csv"]
        self._file = self.files[0].open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file, delimiter=";", lineterminator="\r\n")
        self._csv.writerow(COLUMNS)
        self._scatter: Scatter[tuple[str, str, list[str]]] = Scatter(world.rng("scatter reports", 0))
        self._shapes = world.rng(f"shapes of {SLUG}", -1)
        self._number = 0

    def add(self, community: Community) -> None:
        """The reports about the children of one community."""
        rng = self._world.rng(SLUG, community.number)
        # apart, so that other rates of shapes leave the rest as it is
        self._shapes = self._world.rng(f"shapes of {SLUG}", community.number)
        for child in community.children:
            if not child.reported:
                continue
            self._put(community, child, child.language, rng)
            if rng.random() < self._world.damage.second_report:
                self._put(community, child, "ru" if child.language == "uk" else "uk", rng)

    def close(self) -> None:
        """Writes what is held back and closes the file."""
        for row in self._scatter.rest():
            self._write(row)
        self._file.close()

    def _put(self, community: Community, child: Child, language: Language, rng: Random) -> None:
        done: set[str] = set()
        cells = self._shaped(self._cells(community, child, language, rng, done), child, language)
        for row in self._scatter.put((child.person_id, scenario_of(child, done), cells)):
            self._write(row)

    def _write(self, row: tuple[str, str, list[str]]) -> None:
        person_id, scenario, cells = row
        self._number += 1
        key = f"ЗВ-{self._number:07d}"
        self._csv.writerow([key, *cells])
        self._truth.add(SLUG, key, person_id, scenario)

    def _cells(self, community: Community, child: Child, language: Language, rng: Random, done: set[str]) -> list[str]:
        damage = self._world.damage
        phone = telephone(rng)
        mother = _full(child.mother, language) if child.mother and not self._absent(rng) else ""
        father = _full(child.father, language) if child.father and not self._absent(rng) else ""
        traits = ", ".join(_traits(child, language, rng)) if not self._absent(rng) else ""
        place = child.home.described(language, oblast=rng.random() < 0.6)
        contact = f"{mother or father}, {phone}".lstrip(", ")
        if rng.random() < damage.phone_misplaced:
            # the number slipped into a neighbouring column
            contact = mother or father
            if rng.random() < 0.5:
                traits = phone if not traits else f"{traits}, {phone}"
            else:
                place = phone
        return [
            self._name(child, language, rng, done),
            _SEX[language][child.sex] if rng.random() < 0.8 else _SEX[language][child.sex][:1],
            self._birth_date(child, language, rng, done),
            "" if self._absent(rng) else child.birthplace.described(language, oblast=rng.random() < 0.5),
            place,
            f"{child.lost_on:%d.%m.%Y}" if rng.random() < 0.8 else _month(child.lost_on, language),
            self._institution(child, language, rng),
            mother,
            father,
            ""
            if self._absent(rng)
            else "; ".join(_sibling(other, child, language, rng) for other in community.siblings(child)),
            traits,
            language,
            _CONSENT[language][0 if rng.random() < 0.96 else 1],
            contact,
        ]

    def _shaped(self, cells: list[str], child: Child, language: Language) -> list[str]:
        """The cells as people fill them in who keep to no column."""
        damage, shapes = self._world.damage, self._shapes
        parts = cells[0].split(" ")
        if shapes.random() < damage.name_declined and parts == list(child.name.parts(language)):
            cells[0] = " ".join(declined(parts, child.name, child.sex, language))
        if shapes.random() < damage.name_and_more:
            cells[0] = with_more(cells[0], child.birth_date, language, shapes)
        if shapes.random() < damage.escaped:
            cells[0] = escaped(cells[0])
        if shapes.random() < damage.birth_in_words:
            cells[2] = birth_in_words(child.birth_date, language, shapes)
        for place, cell in enumerate(cells):
            if not cell and COLUMNS[place + 1] in _MAY_SAY_NOTHING and shapes.random() < damage.nothing_in_words:
                cells[place] = nothing(shapes)
        return cells

    def _institution(self, child: Child, language: Language, rng: Random) -> str:
        if child.institution is None or self._absent(rng):
            return ""
        # apart, so that another rate gives the same reports otherwise
        unknown = self._world.rng(f"institution of {child.person_id}", 0).random()
        return "" if unknown < self._world.damage.institution_unknown else child.institution.written(language)

    def _absent(self, rng: Random) -> bool:
        return rng.random() < self._world.damage.missing_field

    def _name(self, child: Child, language: Language, rng: Random, done: set[str]) -> str:
        damage = self._world.damage
        parts = russian_parts(child.name, rng, damage) if language == "ru" else list(child.name.parts("uk"))
        if language == "uk" and rng.random() < damage.mixed_language:
            parts[1] = child.name.given.ru
        if rng.random() < damage.diminutive and child.name.given.diminutives(language):
            parts[1] = rng.choice(child.name.given.diminutives(language))
            parts[2] = ""
            done.add("diminutive")
        elif differs(parts, child.name.parts("uk")):
            done.add("russified")
        if rng.random() < damage.missing_patronymic:
            parts[2] = ""
        surname, given, patronymic = slipped(parts, rng, damage, done)
        order = (given, patronymic, surname) if rng.random() < damage.name_order else (surname, given, patronymic)
        return " ".join(filter(None, order))

    def _birth_date(self, child: Child, language: Language, rng: Random, done: set[str]) -> str:
        damage = self._world.damage
        if rng.random() < damage.partial_birth_date:
            if rng.random() < 0.5:
                return str(child.birth_date.year)
            return _month(child.birth_date, language) if rng.random() < 0.6 else f"{child.birth_date:%m.%Y}"
        return dotted(entered(child.birth_date, rng, damage, done), rng, damage)


def _full(name: FullName, language: Language) -> str:
    return " ".join(name.parts(language))


def _month(day: date, language: Language) -> str:
    return f"{MONTHS[language][day.month - 1]} {day.year}"


def _traits(child: Child, language: Language, rng: Random) -> list[str]:
    eyes, hair = ("очі", "волосся") if language == "uk" else ("глаза", "волосы")
    said = [f"{eyes} {child.eyes[0].written(language)}"] if rng.random() < 0.85 else []
    if rng.random() < 0.7:
        said.append(f"{hair} {child.hair[0].written(language)}")
    if child.mark:
        said.append(child.mark.written(language))
    return said


def _sibling(other: Child, child: Child, language: Language, rng: Random) -> str:
    """A brother or sister as relatives name them: in full, or by the given name, with the year of birth at times."""
    same = other.name.surname == child.name.surname
    name = other.name.given.written(language) if same and rng.random() < 0.5 else _full(other.name, language)
    year = {"uk": f", {other.birth_date.year} р.н.", "ru": f", {other.birth_date.year} г.р."}[language]
    return name + (year if rng.random() < 0.6 else "")
