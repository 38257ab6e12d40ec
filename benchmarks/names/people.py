"""The list that is searched: Ukrainian children in families, drawn from the pools of the fictional world."""

from __future__ import annotations

from random import Random

from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName
from synthetic.population.pools import (
    Sex,
    Surname,
    Weighted,
    pools,
)

DOUBLE_BARRELLED = 0.04
"""Share of the families with a double-barrelled surname."""


def draw_children(count: int, seed: int) -> list[FullName]:
    """Draw children of families of one to four; siblings share surname and patronymic.

    Every surname of the pool has the same chance, so that rare ones count as much as common ones. No two children
    share surname and given name, neither in Ukrainian nor in Russian spelling: each query has one right answer.
    """
    rng, stock = Random(f"names/{seed}"), pools()
    surnames = Weighted((surname, 1.0) for surname in stock.surnames.items)
    children: list[FullName] = []
    taken: set[tuple[str, str]] = set()
    while len(children) < count:
        surname = _surname(rng, surnames)
        father = stock.parents["m"].draw(rng)
        for _ in range(rng.choices((1, 2, 3, 4), (40, 35, 18, 7))[0]):
            sex: Sex = rng.choice(("f", "m"))
            given = stock.children[sex].draw(rng)
            keys = {(surname.uk_m, given.uk), (surname.ru_m, given.ru)}
            if keys & taken or len(children) == count:
                continue
            taken |= keys
            children.append(FullName(surname, given, patronymic(father, sex), sex))
    return children


def _surname(rng: Random, surnames: Weighted[Surname]) -> Surname:
    first = surnames.draw(rng)
    second = surnames.draw(rng)
    return first.joined(second) if rng.random() < DOUBLE_BARRELLED and first != second else first


def ukrainian(child: FullName) -> str:
    """The child as the searched list has it: surname, given name, patronymic in Ukrainian."""
    return " ".join(child.parts("uk"))
