"""`media_clippings.csv`: what newsrooms of four languages wrote, in their Latin spellings."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

from synthetic.lists.scatter import Scatter
from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.writing import slipped
from synthetic.population.latin import latin, latin_place
from synthetic.population.people import Child, Community
from synthetic.population.pools import (
    Language,
    Weighted,
    pools,
    rows,
)
from synthetic.population.strangers import draw_stranger, share
from synthetic.population.templates import templates
from synthetic.world import World

SLUG = "media_clippings"
COLUMNS = ("id", "outlet", "date", "language", "headline", "name", "age", "town", "institution", "text")
_TEMPLATES = "media_templates.tsv"
_FIRST_DAY = date(2022, 12, 1)
_INSTITUTION = {
    "children_home": ("children's home", "Kinderheim", "dom dziecka", "orphelinat"),
    "boarding_school": ("boarding school", "Internat", "szkoła z internatem", "internat"),
    "baby_home": ("baby home", "Säuglingsheim", "dom małego dziecka", "pouponnière"),
    "rehab_centre": (
        "rehabilitation centre",
        "Rehabilitationszentrum",
        "centrum rehabilitacji",
        "centre de réadaptation",
    ),
    "shelter": ("shelter", "Schutzhaus", "schronisko", "foyer"),
    "sanatorium": ("sanatorium", "Sanatorium", "sanatorium", "sanatorium"),
    "lyceum": ("vocational school", "Berufsschule", "szkoła zawodowa", "lycée professionnel"),
    "hospital": ("hospital", "Krankenhaus", "szpital", "hôpital"),
    "orphanage_family": ("family-type home", "Kinderdorffamilie", "rodzinny dom dziecka", "maison familiale"),
}
_LANGUAGES = ("en", "de", "pl", "fr")


@dataclass(frozen=True, slots=True)
class _Outlet:
    """A fictional newsroom, its language, its letters, and whether it changes names."""

    name: str
    language: str
    table: str


@cache
def _outlets(names_changed: bool) -> Weighted[_Outlet]:
    return Weighted(
        (_Outlet(row["outlet"], row["language"], row["table"]), float(row["weight"]))
        for row in rows("outlets.tsv")
        if (row["names_changed"] == "1") is names_changed
    )


class MediaClippings:
    """Writes the clippings, one a child and story."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self._strangers = round(world.coverage.unrelated_clippings * world.size)
        self.files = [folder / "media_clippings.csv"]
        self._file = self.files[0].open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(COLUMNS)
        self._scatter: Scatter[tuple[str, str, list[str]]] = Scatter(world.rng("scatter media", 0))
        self._number = 0

    def add(self, community: Community) -> None:
        """The stories about children of one community."""
        rng = self._world.rng(SLUG, community.number)
        for child in community.children:
            if SLUG in child.lists:
                self._story(child, rng)
        for number in share(self._strangers, community.number, self._world.communities):
            self._story(draw_stranger(rng, SLUG, number, russian=False), rng, unrelated=True)

    def close(self) -> None:
        """Writes what is held back and closes the file."""
        for row in self._scatter.rest():
            self._write(row)
        self._file.close()

    def _story(self, child: Child, rng: Random, *, unrelated: bool = False) -> None:
        changed = rng.random() < self._world.damage.media_pseudonymised
        published = _FIRST_DAY + timedelta(days=rng.randrange(500))
        outlet = _outlets(changed).draw(rng)
        self._put(child, outlet, published, rng, changed=changed)
        if not unrelated and not child.alone and not changed and rng.random() < self._world.damage.media_copied:
            copier = _outlets(False).draw(rng)
            self._put(child, copier, published + timedelta(days=rng.randint(1, 6)), rng, changed=False)

    def _put(self, child: Child, outlet: _Outlet, published: date, rng: Random, *, changed: bool) -> None:
        done = {"media_latin"}
        if changed:
            done.add("all_names_replaced")
        cells = self._cells(child, outlet, published, rng, done, changed=changed)
        for row in self._scatter.put((child.person_id, scenario_of(child, done), cells)):
            self._write(row)

    def _write(self, row: tuple[str, str, list[str]]) -> None:
        person_id, scenario, cells = row
        self._number += 1
        key = f"M-{self._number:06d}"
        self._csv.writerow([key, *cells])
        self._truth.add(SLUG, key, person_id, scenario)

    def _cells(
        self, child: Child, outlet: _Outlet, published: date, rng: Random, done: set[str], *, changed: bool
    ) -> list[str]:
        damage = self._world.damage
        language: Language = "ru" if outlet.table == "bgn_ru" else "uk"
        given = (pools().children[child.sex].draw(rng) if changed else child.name.given).written(language)
        surname, given = slipped([child.name.surname.written(language, child.sex), given], rng, damage, done)
        first, last = latin(given, outlet.table), latin(surname, outlet.table)
        if changed:
            name = first
        elif rng.random() < damage.media_initial:
            name = f"{first} {last[0]}."
        else:
            name = f"{first} {last}"
        age = max(0, child.age_on(published) + (rng.choice((-1, 1)) if rng.random() < damage.age_off_by_one else 0))
        town = latin_place(child.home, outlet.table)
        fields = {"name": name, "first": first, "age": age, "town": town, "year": child.transfer.on.year}
        text = rng.choice(templates(_TEMPLATES, "text", outlet.language)).format(**fields)
        if changed:
            text += " " + templates(_TEMPLATES, "note", outlet.language)[0]
        institution = ""
        if child.institution and rng.random() < 0.5:
            kind = _INSTITUTION[child.institution.kind.kind][_LANGUAGES.index(outlet.language)]
            institution = f"{kind}, {latin_place(child.institution.town, outlet.table)}"
        return [
            outlet.name,
            f"{published:%Y-%m-%d}",
            outlet.language,
            rng.choice(templates(_TEMPLATES, "headline", outlet.language)).format(**fields),
            name,
            str(age) if rng.random() < 0.9 else "",
            town if rng.random() < 0.9 else "",
            institution,
            text,
        ]
