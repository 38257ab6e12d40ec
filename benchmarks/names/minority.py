"""Children with names of the peoples beside Ukrainians, from a table of this benchmark written apart from the model."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

from synthetic.population.patronymics import patronymic
from synthetic.population.pools import Bilingual, Sex

TABLE = Path(__file__).with_name("minority_names.tsv")


@dataclass(frozen=True, slots=True)
class Part:
    """A given name or a surname in Ukrainian, in Russian and in the Latin letters of its people."""

    uk: str
    ru: str
    latin: str

    def for_women(self) -> Part:
        """The surname as women bear it: endings in -ов, -ев get an -а, others stay."""
        if not self.uk.endswith(("ов", "єв", "ев")):
            return self
        return Part(self.uk + "а", self.ru + "а", self.latin + "a")


@dataclass(frozen=True, slots=True)
class MinorityChild:
    """One child: surname and given name, and a patronymic in both languages."""

    surname: Part
    given: Part
    patronymic: Bilingual

    def ukrainian(self) -> str:
        """The child as the searched list has it."""
        return f"{self.surname.uk} {self.given.uk} {self.patronymic.uk}"


def draw_minority(count: int, seed: int) -> list[MinorityChild]:
    """Draw children whose surname and given name are of one people; no two share both.

    The table holds some 270 such pairs; asking for more gives all of them.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    rng = Random(f"minority/{seed}")
    children: list[MinorityChild] = []
    for people in dict.fromkeys(row["people"] for row in rows):
        own = [row for row in rows if row["people"] == people]
        fathers = [Bilingual(row["uk"], row["ru"]) for row in own if row["sex"] == "m"]
        for row in own:
            if row["part"] != "given":
                continue
            sex: Sex = "f" if row["sex"] == "f" else "m"
            given = Part(row["uk"], row["ru"], row["latin"])
            for other in own:
                if other["part"] == "surname":
                    surname = Part(other["uk"], other["ru"], other["latin"])
                    surname = surname.for_women() if sex == "f" else surname
                    children.append(MinorityChild(surname, given, patronymic(rng.choice(fathers), sex)))
    return rng.sample(children, min(count, len(children)))
