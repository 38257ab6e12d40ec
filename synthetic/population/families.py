"""Families: parents and children whose names, patronymics and birth dates fit together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName
from synthetic.population.pools import (
    Language,
    Pools,
    Sex,
    Surname,
)

_CHILDREN = (1, 2, 3, 4)
_CHILDREN_WEIGHTS = (70, 20, 7, 3)
_TWINS = 0.06
_HALF_SIBLING = 0.18
_FATHER_UNKNOWN = 0.15
_MOTHER_UNKNOWN = 0.03
_MOTHER_OWN_SURNAME = 0.28
_DOUBLE_SURNAME = 0.02
_RUSSIAN_SPEAKING = 0.45


@dataclass(frozen=True, slots=True)
class Member:
    """A child of a family; `father` is None where no list knows him."""

    name: FullName
    birth_date: date
    father: FullName | None


@dataclass(frozen=True, slots=True)
class Family:
    """Mother and children; the children may have different fathers."""

    mother: FullName | None
    language: Language
    children: tuple[Member, ...]


def draw_surname(rng: Random, pools: Pools) -> Surname:
    """A surname, now and then a double-barrelled one."""
    surname = pools.surnames.draw(rng)
    return surname.joined(pools.surnames.draw(rng)) if rng.random() < _DOUBLE_SURNAME else surname


def draw_adult(rng: Random, pools: Pools, sex: Sex, surname: Surname | None = None) -> FullName:
    """A grown-up, of this surname if one is given."""
    own = surname or draw_surname(rng, pools)
    return FullName(own, pools.parents[sex].draw(rng), patronymic(pools.parents["m"].draw(rng), sex), sex)


def draw_birth_date(rng: Random, on: date, ages: tuple[int, int]) -> date:
    """A birth date of someone whose age on this day is between the two, both included."""
    latest = on - timedelta(days=int(ages[0] * 365.25) + 20)
    span = int((ages[1] - ages[0] + 1) * 365.25) - 20
    return latest - timedelta(days=rng.randrange(span))


def draw_family(rng: Random, pools: Pools, on: date, ages: tuple[int, int]) -> Family:
    """A family with children of about these ages on this day."""
    count = rng.choices(_CHILDREN, _CHILDREN_WEIGHTS)[0]
    father = draw_adult(rng, pools, "m")
    mother = draw_adult(rng, pools, "f", None if rng.random() < _MOTHER_OWN_SURNAME else father.surname)
    father_known = rng.random() >= _FATHER_UNKNOWN
    # without a father in the documents the children bear the mother's surname
    surname = father.surname if father_known else mother.surname
    known_father = father if father_known else None
    members: list[Member] = []
    born = draw_birth_date(rng, on, ages)
    for place in range(count):
        twin = place > 0 and rng.random() < _TWINS
        if place and not twin:
            # siblings come before or after, and none is unborn on the day of the loss
            younger = born + timedelta(days=rng.randint(330, 2000))
            born = younger if younger < on - timedelta(days=60) else _earlier(rng, members)
            if rng.random() < _HALF_SIBLING:
                father = draw_adult(rng, pools, "m")
                known_father = father if rng.random() >= _FATHER_UNKNOWN else None
                surname = father.surname if known_father and rng.random() < 0.6 else mother.surname
        sex: Sex = "f" if rng.random() < 0.487 else "m"
        taken = {member.name.given for member in members}
        given = pools.children[sex].draw(rng)
        while given in taken:
            given = pools.children[sex].draw(rng)
        members.append(Member(FullName(surname, given, patronymic(father.given, sex), sex), born, known_father))
    return Family(
        mother if rng.random() >= _MOTHER_UNKNOWN else None,
        "ru" if rng.random() < _RUSSIAN_SPEAKING else "uk",
        tuple(members),
    )


def _earlier(rng: Random, members: list[Member]) -> date:
    return min(member.birth_date for member in members) - timedelta(days=rng.randint(330, 1500))
