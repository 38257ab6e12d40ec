"""How a clerk writes a name or a date: the part of the damage that all lists share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random

from synthetic.corruption.rates import Damage
from synthetic.corruption.typos import mojibake, slip
from synthetic.population.people import FullName
from synthetic.population.pools import Language

EPOCH = date(1899, 12, 30)
"""Day 0 of the serial dates of a spreadsheet."""

MONTHS: dict[Language, tuple[str, ...]] = {
    "uk": (
        *("січень", "лютий", "березень", "квітень", "травень", "червень"),
        *("липень", "серпень", "вересень", "жовтень", "листопад", "грудень"),
    ),
    "ru": (
        *("январь", "февраль", "март", "апрель", "май", "июнь"),
        *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
    ),
}

_LETTERWISE = str.maketrans({"і": "и", "І": "И", "ї": "и", "Ї": "И", "є": "е", "Є": "Е", "ґ": "г", "Ґ": "Г", "'": "ь"})
_WEIGHTS = (5, 3, 2)


def slipped(parts: list[str], rng: Random, damage: Damage, done: set[str]) -> list[str]:
    """The parts of a name with the slips that happened; adds `clerical` to `done` when one did."""
    if rng.random() < damage.mojibake:
        done.add("clerical")
        return mojibake(parts, rng)
    if rng.random() >= damage.clerical:
        return parts
    parts = list(parts)
    for _ in range(2 if rng.random() < damage.clerical_again else 1):
        present = [index for index, part in enumerate(parts) if len(part) > 2]
        if not present:
            break
        index = rng.choices(present, [_WEIGHTS[min(index, 2)] for index in present])[0]
        changed = slip(parts[index], rng)
        if changed != parts[index]:
            parts[index] = changed
            done.add("clerical")
    return parts


def russian_parts(name: FullName, rng: Random, damage: Damage) -> list[str]:
    """Surname, given name and patronymic as a Russian clerk writes them: translated, or copied letter by letter."""
    surname, given, patronymic = name.parts("ru")
    if rng.random() < damage.untranslated_surname:
        surname = name.surname.written("uk", name.sex).translate(_LETTERWISE)
    if rng.random() < damage.untranslated_given:
        given = name.given.uk.translate(_LETTERWISE)
    return [surname, given, patronymic]


def entered(born: date, rng: Random, damage: Damage, done: set[str]) -> date:
    """The birth date that was typed in: misread, with day and month swapped, or 1 January for an unknown day."""
    if rng.random() < damage.placeholder_date:
        done.add("placeholder_date")
        return date(born.year, 1, 1)
    if rng.random() < damage.swapped_day_month and born.day <= 12 and born.day != born.month:
        done.add("clerical")
        return date(born.year, born.day, born.month)
    if rng.random() < damage.misread_digit:
        done.add("clerical")
        return _misread(born, rng)
    return born


def _misread(born: date, rng: Random) -> date:
    """The date with one digit of day, month or year wrong, still a date."""
    while True:
        text = list(f"{born:%d%m%Y}")
        text[rng.choice((0, 1, 1, 3, 3, 7))] = str(rng.randrange(10))
        day, month, year = int("".join(text[:2])), int("".join(text[2:4])), int("".join(text[4:]))
        try:
            read = date(year, month, day)
        except ValueError:
            continue
        if read != born and year <= 2022:
            return read


def dotted(day: date, rng: Random, damage: Damage) -> str:
    """DD.MM.YYYY, now and then with a two-digit year."""
    return f"{day:%d.%m.%y}" if rng.random() < damage.two_digit_year else f"{day:%d.%m.%Y}"


def differs(written: Iterable[str], documents: Iterable[str]) -> bool:
    """The names as written are other letters than in the Ukrainian documents; the apostrophe and ё do not count."""
    return [_plain(name) for name in written if name] != [_plain(name) for name in documents]


def _plain(name: str) -> str:
    return name.replace("'", "").replace("ё", "е").replace("Ё", "Е")


def without_yo(text: str) -> str:
    """Russian as clerks type it: е for ё."""
    return text.replace("ё", "е").replace("Ё", "Е")


def years_ru(age: int) -> str:
    """`1 год`, `3 года`, `10 лет`."""
    if age % 10 == 1 and age % 100 != 11:
        return f"{age} год"
    return f"{age} года" if age % 10 in (2, 3, 4) and age % 100 not in (12, 13, 14) else f"{age} лет"


def years_uk(age: int) -> str:
    """`1 рік`, `3 роки`, `10 років`."""
    if age % 10 == 1 and age % 100 != 11:
        return f"{age} рік"
    return f"{age} роки" if age % 10 in (2, 3, 4) and age % 100 not in (12, 13, 14) else f"{age} років"
