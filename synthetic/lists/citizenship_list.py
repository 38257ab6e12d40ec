"""`citizenship_list.csv`: children under their new names, in cp1251, among Russian children."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

from synthetic.lists.scatter import Scatter
from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.writing import differs, dotted, entered, slipped, without_yo
from synthetic.population.people import Child, Community, NewIdentity
from synthetic.population.strangers import draw_stranger, share
from synthetic.world import World

SLUG = "citizenship_list"
COLUMNS = (
    "№ п/п",
    "Фамилия",
    "Имя",
    "Отчество",
    "Пол",
    "Дата рождения",
    "Место рождения",
    "Субъект РФ",
    "Дата решения",
    "Основание",
)


class CitizenshipList:
    """Writes the list: one row a child, with the names the child bears now."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self._strangers = round(world.coverage.unrelated_citizens * world.size)
        self.files = [folder / "citizenship_list.csv"]
        self._file = self.files[0].open("w", encoding="cp1251", errors="replace", newline="")
        self._csv = csv.writer(self._file, delimiter=";", lineterminator="\r\n")
        self._csv.writerow(COLUMNS)
        self._scatter: Scatter[tuple[str, str, list[str]]] = Scatter(world.rng("scatter citizenship", 0))
        self._number = 0

    def add(self, community: Community) -> None:
        """The children of one community that are on the list, and its share of unrelated children."""
        rng = self._world.rng(SLUG, community.number)
        for child in community.children:
            if child.renamed:
                self._put(child, child.renamed, rng)
        for number in share(self._strangers, community.number, self._world.communities):
            child = draw_stranger(rng, SLUG, number, russian=True)
            region = child.transfer.region
            birthplace = f"{region.name}, г. {rng.choice(region.towns)}"
            self._put(child, NewIdentity("kept", child.name, child.birth_date, birthplace), rng)

    def close(self) -> None:
        """Writes what is held back and closes the file."""
        for row in self._scatter.rest():
            self._write(row)
        self._file.close()

    def _put(self, child: Child, now: NewIdentity, rng: Random) -> None:
        done: set[str] = set() if now.kind == "kept" else {now.kind}
        cells = self._cells(child, now, rng, done)
        for row in self._scatter.put((child.person_id, scenario_of(child, done), cells)):
            self._write(row)

    def _write(self, row: tuple[str, str, list[str]]) -> None:
        person_id, scenario, cells = row
        self._number += 1
        self._csv.writerow([self._number, *cells])
        self._truth.add(SLUG, str(self._number), person_id, scenario)

    def _cells(self, child: Child, now: NewIdentity, rng: Random, done: set[str]) -> list[str]:
        damage = self._world.damage
        parts = [without_yo(part) for part in now.name.parts("ru")]
        if differs(parts, child.name.parts("uk")):
            done.add("russified")
        if rng.random() < damage.missing_patronymic:
            parts[2] = ""
        decided = date(2022, 9, 1) + timedelta(days=rng.randrange(450))
        return [
            *slipped(parts, rng, damage, done),
            "Ж" if child.sex == "f" else "М",
            dotted(entered(now.birth_date, rng, damage, done), rng, damage),
            without_yo(now.birthplace) if rng.random() >= damage.missing_field else "",
            child.transfer.region.name,
            f"{decided:%d.%m.%Y}",
            f"решение № {rng.randrange(100, 9999)}",
        ]
