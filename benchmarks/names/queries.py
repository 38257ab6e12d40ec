"""The spellings that are looked for, made by tables that the name model was not written from.

- `newsrooms`: the five tables of `synthetic/population/latin.py`, written for the fictional world apart from the model.
- `systems`: romanisations made by the code of `translitua` and `iuliia`. Independent code, but most of their tables
  state published standards that the model knows too, so this set tests completeness rather than surprise.
- `russian`: the Russian forms that the world's pools give beside the Ukrainian ones.
- `slips`: any of the three with one slip of the pen, the keyboard or the scanner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from random import Random
from typing import Any

import translitua

from benchmarks.names.query import Query, QuerySet
from synthetic.corruption import typos
from synthetic.population.latin import TABLES, latin
from synthetic.population.people import FullName
from synthetic.population.pools import Language

_LATIN_SLIPS = (typos.vowel, typos.consonant, typos.soft_sign, typos.doubled, typos.transposed, typos.dropped)
SLIPPED_SOURCES = ("newsrooms", "systems", "russian")


TITLES = {
    "newsrooms": ("Latin, newsrooms", "written apart from the model: tables of the fictional world"),
    "systems": ("Latin, library systems", "independent code (translitua, iuliia), partly the same published standards"),
    "russian": ("Russian", "written apart from the model: the world's own Russian forms"),
    "slips": ("one slip", "any of the three with one slip"),
}


def draw_queries(children: Sequence[FullName], count: int, seed: int) -> list[QuerySet]:
    """Draw `count` queries of each set, each for another child of the list (with more queries than children, again)."""
    sets = []
    for name, (title, origin) in TITLES.items():
        rng = Random(f"queries/{name}/{seed}")
        rows = rng.sample(range(len(children)), min(count, len(children)))
        queries = tuple(Query(_written(name, children[row], rng), row) for row in rows)
        sets.append(QuerySet(name, title, origin, queries))
    return sets


def _written(kind: str, child: FullName, rng: Random) -> str:
    slipped = kind == "slips"
    if slipped:
        kind = rng.choice(SLIPPED_SOURCES)
    table = _TABLES[kind](rng)
    parts: tuple[str, ...] = child.parts(table.language)
    if slipped:
        parts = _with_slip(parts, table.slip, rng)
    return _ordered(tuple(map(table.write, parts)), rng.choice(table.orders))


@dataclass(frozen=True, slots=True)
class _Table:
    language: Language
    write: Callable[[str], str]
    slip: Callable[[str, Random], str]
    orders: tuple[str, ...]


def _latin_slip(text: str, rng: Random) -> str:
    """One slip of the kinds that a Latin spelling can show, made in the alphabet it is romanised from."""
    foreign = set("ыэёъ") if set("іїєґ'") & set(text.lower()) else set("іїєґ")
    for _ in range(12):
        changed = rng.choice(_LATIN_SLIPS)(text, rng)
        if changed != text and not foreign & set(changed.lower()):
            return changed
    return text


def _newsroom(rng: Random) -> _Table:
    table = rng.choice(TABLES)
    language: Language = "ru" if table == "bgn_ru" else "uk"
    return _Table(language, partial(latin, table=table), _latin_slip, ("gs", "gs", "gs", "gps"))


def _system(rng: Random) -> _Table:
    if rng.random() < 0.5:
        ukrainian: Any = rng.choice(translitua.ALL_UKRAINIAN)
        return _Table("uk", partial(translitua.translit, table=ukrainian), _latin_slip, ("sg", "gs", "sgp"))
    write = rng.choice(_russian_systems())
    return _Table("ru", write, _latin_slip, ("sg", "gs", "sgp"))


@cache
def _russian_systems() -> list[Callable[[str], str]]:
    """The Russian systems of `translitua` and, where it is installed, of `iuliia`."""
    tables: Sequence[Any] = translitua.ALL_RUSSIAN
    found: list[Callable[[str], str]] = [partial(translitua.translit, table=table) for table in tables]
    with suppress(ImportError):
        iuliia = import_module("iuliia")
        schemas = [getattr(iuliia, name) for name in iuliia.__all__ if name.isupper() and name != "UZ"]
        found += [schema.translate for schema in schemas]
    return found


def _russian(_: Random) -> _Table:
    return _Table("ru", str, typos.slip, ("sgp", "sgp", "sg", "gs"))


_TABLES: dict[str, Callable[[Random], _Table]] = {"newsrooms": _newsroom, "systems": _system, "russian": _russian}


def _with_slip(parts: tuple[str, ...], slip: Callable[[str, Random], str], rng: Random) -> tuple[str, ...]:
    """One slip in the surname or, more rarely, in the given name."""
    at = rng.choices((0, 1), (3, 1))[0]
    return tuple(slip(part, rng) if i == at else part for i, part in enumerate(parts))


def _ordered(parts: tuple[str, ...], order: str) -> str:
    by_role = dict(zip("sgp", parts, strict=True))
    return " ".join(by_role[role] for role in order)
