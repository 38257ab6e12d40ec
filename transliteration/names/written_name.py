"""The name of one row, from one cell or several: its parts in the base form, and what stood beside it.

A part is right, or a doubt says what may be wrong with it: more than a name in the cell (`name_more`,
`name_several`), parts in the wrong columns (`surname_swapped`, `name_columns`), an order nobody can tell
(`name_order`), a form that may be a case of another name (`name_case`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import transliteration
from transliteration.names.cases.given_forms import oblique_classes
from transliteration.names.cell import NameCell, read_cell
from transliteration.names.dictionary_index import has_surname
from transliteration.names.given import is_given_name, read_given
from transliteration.names.nominative import case_reading
from transliteration.names.parse import Order, ParsedName
from transliteration.names.patronymic import fathers, sex_of_patronymic
from transliteration.names.surname import is_certain_surname, russian_surnames, typical_surname
from transliteration.text.scripts import fold

Sex = Literal["f", "m", ""]
MIN_CONFIDENCE = 0.6
"""Share of the best reading of a full name below which its order is a doubt."""


@dataclass(frozen=True)
class WrittenName:
    """A name by parts, `''` where one is missing; dates and ages that stood beside it; codes of doubt."""

    surname: str = ""
    given: str = ""
    patronymic: str = ""
    births: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


# Words come again and again and are known by word; whole names of a list hardly do, and fill memory.
@lru_cache(maxsize=1 << 14)
def name_of_cell(text: str, order: str | None = None, sex: Sex = "") -> WrittenName:
    """Return the name in a cell that should hold a full name.

    Args:
        text: The cell.
        order: What the source states of the order of the parts, such as `surname given patronymic`.
        sex: What the row states: a girl's name is no case form of a boy's.
    """
    if not text:
        return WrittenName()
    cell = read_cell(text)
    first = None if order is None else "surname_first" if order.startswith("surname") else "given_first"
    parsed = transliteration.parse_name(cell.name, order=first)
    doubts = _doubts_of(cell)
    if parsed.surname and parsed.given and parsed.confidence < MIN_CONFIDENCE:
        doubts.append("name_order")
    return _nominative(parsed, sex, cell.births, doubts)


@lru_cache(maxsize=1 << 14)
def name_of_columns(surname: str, given: str, patronymic: str, sex: Sex = "") -> WrittenName:
    """Return the name of a row with a column for each part; parts in wrong columns are put right, with a doubt."""
    cells = [_cell_of_part(text) for text in (surname, given, patronymic)]
    births = tuple(birth for cell in cells for birth in cell.births)
    doubts = [code for cell in cells for code in _doubts_of(cell)]
    parts = [cell.name for cell in cells]
    if _shifted(*parts):
        first: Order | None = None if read_given(parts[0]).formal else "surname_first"
        parsed = transliteration.parse_name(" ".join(filter(None, parts)), order=first)
        doubts.append("name_columns")
    else:
        parsed = ParsedName(parts[0], parts[1], parts[2])
        if _swapped(parts[0], parts[1]):
            parsed = ParsedName(parts[1], parts[0], parts[2])
            doubts.append("surname_swapped")
        elif _swappable(parts[0], parts[1]):
            doubts.append("name_order")
    return _nominative(parsed, sex, births, doubts)


@lru_cache(maxsize=1 << 16)
def _cell_of_part(text: str) -> NameCell:
    """Return a cell with one part of a name, repaired; the parts of a list come again and again."""
    cell = read_cell(text) if text else NameCell("")
    name = transliteration.repair(cell.name).text.replace(",", "") if cell.name else ""
    return replace(cell, name=name)


def _doubts_of(cell: NameCell) -> list[str]:
    return ["name_several"] if cell.several else ["name_more"] if cell.rest else []


def _nominative(parsed: ParsedName, sex: Sex, births: tuple[str, ...], doubts: list[str]) -> WrittenName:
    reading = case_reading(parsed, sex)
    if reading is not None and reading.certain:
        parsed = reading.name
    elif reading is not None:
        doubts.append("name_case")
    return WrittenName(parsed.surname, parsed.given, parsed.patronymic, births, tuple(dict.fromkeys(doubts)))


def _shifted(surname: str, given: str, patronymic: str) -> bool:
    """Tell whether the columns hold the parts of the name in other columns than their own, or two in one."""
    if not (surname or given):
        return bool(patronymic) and sex_of_patronymic(patronymic) == ""
    if not given and any(is_given_name(word) for word in surname.split()[1:]):
        return True
    words = given.split()
    if len(words) > 1 and not surname and any(sex_of_patronymic(word) or _is_only_surname(word) for word in words):
        return True
    if patronymic and not sex_of_patronymic(patronymic) and not transliteration.is_initial(patronymic):
        # Each of the three in another's column: "Артем", "Ігорович", "Довгаленко".
        turned = [word for word in (surname, given) if fathers(word) and sex_of_patronymic(word)]
        if turned and not is_given_name(turned[0]):
            return True
    if len(words) > 1 and not patronymic and sex_of_patronymic(words[-1]) and is_given_name(words[0]):
        return True
    if (
        len(surname.split()) > 1
        and is_given_name(surname.split()[-1])
        and (not given or sex_of_patronymic(given) != "")
    ):
        return not is_given_name(given)
    moved = bool(patronymic) and is_given_name(patronymic) and sex_of_patronymic(patronymic) == ""
    return moved and not is_given_name(given)


def _is_only_surname(word: str) -> bool:
    return not is_given_name(word) and (is_certain_surname(word) or has_surname(fold(word)))


def _is_bare(surname: str, given: str) -> bool:
    return not surname or not given or transliteration.is_initial(surname) or transliteration.is_initial(given)


def _swapped(surname: str, given: str) -> bool:
    """Tell whether a given name stands in the surname's column and a surname that is no given name in the other."""
    if _swappable(surname, given) and _is_surname(given):
        return True
    # A given name that only the dictionary has, beside a word that can be nothing but a surname.
    known = not _is_bare(surname, given) and is_dictionary_name(surname) and not is_certain_surname(surname)
    return known and is_certain_surname(given) and not is_dictionary_name(given)


def _swappable(surname: str, given: str) -> bool:
    if _is_bare(surname, given) or not read_given(surname).formal or is_dictionary_name(given):
        return False
    return not oblique_classes(given)


def is_dictionary_name(word: str) -> bool:
    """Tell whether a word is a given name, of the tables or of the dictionary."""
    return bool(transliteration.given_classes(word)) or is_given_name(word)


def _is_surname(word: str) -> bool:
    if "-" in word:
        return False  # two names in one: nobody knows of what kind
    return bool(russian_surnames(word)) or typical_surname(word) or has_surname(fold(word))
