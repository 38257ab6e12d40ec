"""Kinds of damage to one row: to the surname, the other names, the birth date, or several of them at once."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]
Change = Callable[[Row, Row, Random], None]
"""Changes a row in place; given the row below it, and what draws chances."""

_NAMES = ("surname", "given", "patronymic")
_ROWS = ("йцукенгшщзхї", "фівапролджє", "ячсмитьбю")
_KEYS = {
    letter: "".join(row[max(i - 1, 0) : i] + row[i + 1 : i + 2] for row in _ROWS if (i := row.find(letter)) >= 0)
    for letter in "".join(_ROWS)
}
_SCANNED = {
    **{
        "и": "нц",
        "н": "ип",
        "п": "нл",
        "л": "пд",
        "ш": "щ",
        "щ": "ш",
        "о": "ас",
        "а": "о",
        "с": "ео",
        "е": "с",
        "в": "б",
    },
    **{"б": "в", "г": "т", "т": "г", "м": "н", "к": "х", "і": "ї", "ї": "і", "у": "ч", "ч": "у", "я": "л"},
}
_HEARD = {
    **{"и": "іе", "і": "и", "е": "и", "о": "а", "а": "о", "г": "х", "х": "г", "б": "п", "п": "б", "д": "т", "т": "д"},
    **{"з": "с", "с": "з", "ж": "ш", "ш": "ж", "в": "ф", "к": "г", "я": "а", "ю": "у", "є": "е"},
}


def _one_letter(text: str, table: dict[str, str], random: Random) -> str:
    at = [i for i, letter in enumerate(text) if letter.lower() in table and table[letter.lower()]]
    if not at:
        return text
    i = random.choice(at)
    new = random.choice(table[text[i].lower()])
    return text[:i] + (new.upper() if text[i].isupper() else new) + text[i + 1 :]


def _letters(table: dict[str, str], fields: Sequence[str], count: int = 1) -> Change:
    def change(row: Row, below: Row, random: Random) -> None:
        for name in fields:
            for _ in range(count):
                row[name] = row[name] and _one_letter(row[name], table, random)

    return change


def _replaced(*fields: str) -> Change:
    def change(row: Row, below: Row, random: Random) -> None:
        row.update({name: below[name] for name in fields})

    return change


def _lost(*fields: str) -> Change:
    return lambda row, below, random: row.update(dict.fromkeys(fields))


def _swapped(one: str, other: str) -> Change:
    return lambda row, below, random: row.update({one: row[other], other: row[one]})


def _initials(row: Row, below: Row, random: Random) -> None:
    row.update({name: row[name] and f"{row[name][0]}." for name in ("given", "patronymic")})


def _first_letter(row: Row, below: Row, random: Random) -> None:
    row["surname"] = random.choice("БВГДКЛМПРСТШ") + row["surname"][1:]


def _two_lost(row: Row, below: Row, random: Random) -> None:
    for _ in range(2):
        i = random.randrange(1, len(row["surname"]))
        row["surname"] = row["surname"][:i] + row["surname"][i + 1 :]


def _cut(row: Row, below: Row, random: Random) -> None:
    row["surname"] = row["surname"][:5]


def _double(row: Row, below: Row, random: Random) -> None:
    row["surname"] = f"{row['surname']}-{below['surname']}"


def _dated(make: Callable[[date, Random], str]) -> Change:
    def change(row: Row, below: Row, random: Random) -> None:
        row["birth"] = make(date.fromisoformat(row["birth"].partition("/")[0]), random)

    return change


def _day(day: date) -> str:
    return f"{day}/{day}"


def _moved(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, monthrange(day.year + years, day.month)[1]))


_years_added = _dated(lambda day, random: _day(_moved(day, -random.randint(1, 5))))
_day_month_lost = _dated(lambda day, random: f"{day.year}-01-01/{day.year}-12-31")
_age = _dated(lambda day, random: f"{_moved(day, -1) + timedelta(days=random.randint(1, 300))}/{_moved(day, 0)}")
_swapped_day = _dated(
    lambda day, random: _day(day.replace(month=day.day, day=day.month)) if day.day < 13 else _day(day)
)
_new_year = _dated(lambda day, random: _day(day.replace(month=1, day=1)))
_digit_of_year = _dated(lambda day, random: _day(_moved(day, random.choice((-10, 10, -1, 1, -3, 3)))))
_days_off = _dated(lambda day, random: _day(day + timedelta(days=random.choice((-1, 1)) * random.randint(1, 20))))


def _both(*changes: Change) -> Change:
    def change(row: Row, below: Row, random: Random) -> None:
        for one in changes:
            one(row, below, random)

    return change


KINDS: dict[str, Change] = {
    "none": lambda row, below, random: None,
    "surname replaced": _replaced("surname"),
    "surname and patronymic replaced": _replaced("surname", "patronymic"),
    "surname replaced, years added": _both(_replaced("surname"), _years_added),
    "surname replaced, day and month lost": _both(_replaced("surname"), _day_month_lost),
    "surname replaced, days off": _both(_replaced("surname"), _days_off),
    "surname heard wrong": _letters(_HEARD, ["surname"], 2),
    "each name heard wrong": _letters(_HEARD, _NAMES),
    "each name heard wrong, years added": _both(_letters(_HEARD, _NAMES), _years_added),
    "each name heard wrong, days off": _both(_letters(_HEARD, _NAMES), _days_off),
    "surname misread": _letters(_SCANNED, ["surname"], 2),
    "each name misread": _letters(_SCANNED, _NAMES),
    "each name misread, day and month lost": _both(_letters(_SCANNED, _NAMES), _day_month_lost),
    "each name misread, years added": _both(_letters(_SCANNED, _NAMES), _years_added),
    "each name mistyped": _letters(_KEYS, _NAMES),
    "first letter wrong": _first_letter,
    "first letter wrong, years added": _both(_first_letter, _years_added),
    "first letter wrong, day and month lost": _both(_first_letter, _day_month_lost),
    "two letters lost": _two_lost,
    "surname cut": _cut,
    "double surname": _double,
    "surname and given name swapped": _swapped("surname", "given"),
    "given name and patronymic swapped": _swapped("given", "patronymic"),
    "given name lost": _lost("given"),
    "surname lost": _lost("surname"),
    "initials": _initials,
    "patronymic replaced": _replaced("patronymic"),
    "given name of the row below": _replaced("given"),
    "sex turned": lambda row, below, random: row.update(sex={"f": "m", "m": "f"}.get(row["sex"])),
    "birth date of the row below": _replaced("birth"),
    "birth date lost": _lost("birth"),
    "years added": _years_added,
    "day and month lost": _day_month_lost,
    "an age": _age,
    "day and month swapped": _swapped_day,
    "1 January": _new_year,
    "digits of the year": _digit_of_year,
    "days off": _days_off,
}
"""Kinds of damage by name. Words that move between cells are mended at intake, and tried there."""
