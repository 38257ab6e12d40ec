"""Processor seconds for columns of names as lists have them: few distinct names, many rows, three ways of writing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from synthetic.corruption.typos import slip
from synthetic.population.latin import TABLES, latin
from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName
from synthetic.population.pools import Sex, pools
from transliteration import Role, canonical_keys, compare_pairs, phonetic_keys

ROLES: tuple[Role, ...] = ("surname", "given", "patronymic")
SLIPS = 0.02
"""Share of the rows with a slip."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Processor seconds of one task over `rows` rows or pairs with `distinct` distinct names."""

    task: str
    rows: int
    distinct: int
    seconds: float


def columns(rows: int, seed: int = 11) -> dict[Role, list[str]]:
    """Draw three columns of names by the weights of the pools: 60 % Ukrainian, 30 % Russian, 10 % Latin spellings."""
    rng, stock = Random(f"speed/{seed}"), pools()
    found: dict[Role, list[str]] = {role: [] for role in ROLES}
    for _ in range(rows):
        sex: Sex = rng.choice(("f", "m"))
        given, father = stock.children[sex].draw(rng), stock.parents["m"].draw(rng)
        name = FullName(stock.surnames.draw(rng), given, patronymic(father, sex), sex)
        drawn = rng.random()
        parts = name.parts("ru" if 0.6 <= drawn < 0.9 else "uk")
        for role, part in zip(ROLES, parts, strict=True):
            written = latin(part, TABLES[int(drawn * 1e6) % len(TABLES)]) if drawn >= 0.9 else part
            found[role].append(slip(written, rng) if rng.random() < SLIPS else written)
    return found


def measure(rows: int) -> list[Speed]:
    """Return processor seconds for keys of all three columns (nothing known before), then for pairs of each column."""
    drawn = columns(rows)
    distinct = sum(len(set(column)) for column in drawn.values())
    started = time.process_time()
    for role, column in drawn.items():
        canonical_keys(column, role)
        phonetic_keys(column, role)
    found = [Speed("canonical and phonetic keys of three columns", rows, distinct, time.process_time() - started)]
    rng = np.random.default_rng(3)
    for role, column in drawn.items():
        names: NDArray[np.object_] = np.array(column, dtype=object)
        right = names[rng.permutation(rows)]
        # Warm-up: every name is read once; no pair is compared yet.
        compare_pairs(column, column, role)
        started = time.process_time()
        compare_pairs(names.tolist(), right.tolist(), role)
        found.append(Speed(f"pairs compared: {role}", rows, len(set(column)), time.process_time() - started))
    return found
