"""The stock the world is drawn from: names, places, institutions, regions, traits, read from `synthetic/data`."""

from __future__ import annotations

import csv
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Generic, Literal, TypeVar

DATA = Path(__file__).parents[1] / "data"

Language = Literal["uk", "ru"]
Sex = Literal["f", "m"]
T = TypeVar("T")


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a data file, by column."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Weighted(Generic[T]):
    """Things with weights, drawn in logarithmic time."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        kept = [(item, weight) for item, weight in pairs if weight > 0]
        self.items: tuple[T, ...] = tuple(item for item, _ in kept)
        self._sums: Sequence[float] = list(accumulate(weight for _, weight in kept))

    def draw(self, rng: Random) -> T:
        """One of the things, with a chance in proportion to its weight."""
        return self.items[bisect(self._sums, rng.random() * self._sums[-1])]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One thing written in Ukrainian and in Russian."""

    uk: str
    ru: str

    def written(self, language: Language) -> str:
        """How the thing is written in this language."""
        return self.uk if language == "uk" else self.ru


@dataclass(frozen=True, slots=True)
class GivenName(Bilingual):
    """A given name with the diminutives in use in either language."""

    sex: Sex
    diminutives_uk: tuple[str, ...]
    diminutives_ru: tuple[str, ...]

    def diminutives(self, language: Language) -> tuple[str, ...]:
        """The diminutives in this language."""
        return self.diminutives_uk if language == "uk" else self.diminutives_ru


@dataclass(frozen=True, slots=True)
class Surname:
    """A surname in both languages, for men and for women."""

    uk_m: str
    uk_f: str
    ru_m: str
    ru_f: str

    def written(self, language: Language, sex: Sex) -> str:
        """The surname of a man or a woman in this language."""
        if language == "uk":
            return self.uk_f if sex == "f" else self.uk_m
        return self.ru_f if sex == "f" else self.ru_m

    def joined(self, other: Surname) -> Surname:
        """The double-barrelled surname of the two."""
        return Surname(
            f"{self.uk_m}-{other.uk_m}",
            f"{self.uk_f}-{other.uk_f}",
            f"{self.ru_m}-{other.ru_m}",
            f"{self.ru_f}-{other.ru_f}",
        )


@dataclass(frozen=True, slots=True)
class Settlement(Bilingual):
    """A settlement with its oblast and, where it was renamed, its former name."""

    kind: str
    oblast: Bilingual
    former: Bilingual | None

    def described(self, language: Language, *, former: bool = False, oblast: bool = True) -> str:
        """The settlement as a list writes it, such as `Донецька обл., м. Маріуполь`."""
        name = (self.former if former and self.former else self).written(language)
        kind = {"м": {"uk": "м.", "ru": "г."}, "с-ще": {"uk": "с-ще", "ru": "пгт"}, "с": {"uk": "с.", "ru": "с."}}
        place = f"{kind[self.kind][language]} {name}"
        return f"{self.oblast.written(language)} обл., {place}" if oblast else place


@dataclass(frozen=True, slots=True)
class Region:
    """A region children are taken to, with the case forms a title needs and some of its towns."""

    code: int
    name: str
    accusative: str
    prepositional: str
    towns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstitutionKind(Bilingual):
    """A kind of institution for children."""

    kind: str
    ru_genitive: str
    ru_short: str
    numbered: bool
    residential: bool


@dataclass(frozen=True)
class Pools:
    """Everything the world draws from."""

    children: dict[Sex, Weighted[GivenName]]
    parents: dict[Sex, Weighted[GivenName]]
    russian_children: dict[Sex, Weighted[GivenName]]
    surnames: Weighted[Surname]
    russian_surnames: Weighted[Surname]
    settlements: Weighted[Settlement]
    settlements_by_oblast: dict[str, Weighted[Settlement]]
    institutions: Weighted[InstitutionKind]
    regions: Weighted[Region]
    traits: dict[str, Weighted[tuple[Bilingual, str]]]


def _given_names() -> dict[str, dict[Sex, Weighted[GivenName]]]:
    """The given names of both sexes by the weight that counts: `child`, `parent`, `russian`."""
    weighted: dict[str, dict[Sex, list[tuple[GivenName, float]]]] = {
        group: {"f": [], "m": []} for group in ("child", "parent", "russian")
    }
    for row in rows("given_names.tsv"):
        sex: Sex = "f" if row["sex"] == "f" else "m"
        uk, ru = (tuple(filter(None, row[f"diminutives_{language}"].split(","))) for language in ("uk", "ru"))
        name = GivenName(row["uk"], row["ru"], sex, uk, ru)
        for group, names in weighted.items():
            names[sex].append((name, float(row[f"weight_{group}"])))
    return {group: {sex: Weighted(pairs) for sex, pairs in by_sex.items()} for group, by_sex in weighted.items()}


def _settlements() -> tuple[Weighted[Settlement], dict[str, Weighted[Settlement]]]:
    every: list[tuple[Settlement, float]] = []
    by_oblast: dict[str, list[tuple[Settlement, float]]] = {}
    for row in rows("settlements.tsv"):
        former = Bilingual(row["former_uk"], row["former_ru"]) if row["former_uk"] else None
        place = Settlement(row["uk"], row["ru"], row["kind"], Bilingual(row["oblast_uk"], row["oblast_ru"]), former)
        every.append((place, float(row["weight"])))
        by_oblast.setdefault(row["oblast_uk"], []).append(every[-1])
    return Weighted(every), {oblast: Weighted(pairs) for oblast, pairs in by_oblast.items()}


def _traits() -> dict[str, Weighted[tuple[Bilingual, str]]]:
    by_kind: dict[str, list[tuple[tuple[Bilingual, str], float]]] = {}
    for row in rows("traits.tsv"):
        trait = (Bilingual(row["uk"], row["ru"]), row["card"])
        by_kind.setdefault(row["kind"], []).append((trait, float(row["weight"])))
    return {kind: Weighted(pairs) for kind, pairs in by_kind.items()}


@cache
def pools() -> Pools:
    """The stock, read once."""
    given = _given_names()
    surnames = [
        (Surname(row["uk_m"], row["uk_f"], row["ru_m"], row["ru_f"]), float(row["weight"]), row["ru_m"])
        for row in rows("surnames.tsv")
    ]
    settlements, by_oblast = _settlements()
    return Pools(
        children=given["child"],
        parents=given["parent"],
        russian_children=given["russian"],
        surnames=Weighted((surname, weight) for surname, weight, _ in surnames),
        russian_surnames=Weighted(
            (surname, weight) for surname, weight, ru in surnames if ru.endswith(("ов", "ев", "ёв", "ин"))
        ),
        settlements=settlements,
        settlements_by_oblast=by_oblast,
        institutions=Weighted(
            (
                InstitutionKind(
                    row["uk"],
                    row["ru"],
                    row["kind"],
                    row["ru_genitive"],
                    row["ru_short"],
                    row["numbered"] == "1",
                    row["residential"] == "1",
                ),
                float(row["weight"]),
            )
            for row in rows("institutions.tsv")
        ),
        regions=Weighted(
            (
                Region(
                    int(row["code"]),
                    row["name"],
                    row["accusative"],
                    row["prepositional"],
                    tuple(row["towns"].split(",")),
                ),
                float(row["weight"]),
            )
            for row in rows("regions.tsv")
        ),
        traits=_traits(),
    )
