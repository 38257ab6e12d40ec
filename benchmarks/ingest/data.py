"""Lists of fictional children as real files: an XLSX as clerks make it, and a CSV as a hotline exports it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Literal

from openpyxl import Workbook  # type: ignore[import-untyped]

from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName
from synthetic.population.pools import Sex, pools

HEADER = (
    *("Номер", "ПІБ дитини", "Стать", "Дата народження", "Місце народження", "Останнє відоме місце", "Заклад"),
    *("Мати", "Батько", "Дата втрати зв'язку", "Прикмети", "Контакт"),
)
CONFIG = """\
source_class: family
language: mixed
reader: {reader}
key: Номер
observed_on: 2024-03-01
fields:
  full_name: ПІБ дитини
  sex: {{column: Стать, map: {{ч: m, ж: f}}}}
  birth_date: Дата народження
  birthplace: Місце народження
  last_place: Останнє відоме місце
  institution: Заклад
  mother: Мати
  father: Батько
  lost_on: Дата втрати зв'язку
  eyes: {{column: Прикмети, pattern: 'очі\\s+([^,;]+)'}}
  hair: {{column: Прикмети, pattern: 'волосся\\s+([^,;]+)'}}
  contact: Контакт
"""
TITLE = "Звернення родин станом на 01.03.2024"

_PLACES = (
    *("м. Маріуполь", "Херсон", "с. Білозерка, Херсонський р-н", "Донецьк", "Бердянськ", "г. Мелитополь", ""),
    *("м. Енергодар Запорізька обл.", "Бахмут (Артемівськ)", "Новая Каховка", "Олешки"),
)
_EYES = ("карі", "сірі", "блакитні", "зелені")
_HAIR = ("русяве", "темне", "світле", "чорне")


def rows(count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a list: six in ten written in Ukrainian, the others in Russian, with gaps and partial dates."""
    rng, stock = Random(f"ingest/{seed}"), pools()
    for number in range(1, count + 1):
        sex: Sex = rng.choice(("f", "m"))
        father, mother = stock.parents["m"].draw(rng), stock.parents["f"].draw(rng)
        name = FullName(stock.surnames.draw(rng), stock.children[sex].draw(rng), patronymic(father, sex), sex)
        language: Literal["uk", "ru"] = "uk" if rng.random() < 0.6 else "ru"
        surname, given, middle = name.parts(language)
        of_father = FullName(name.surname, father, name.patronymic, "m").parts(language)
        of_mother = FullName(name.surname, mother, name.patronymic, "f").parts(language)
        day = f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.{rng.randint(2005, 2020)}"
        yield (
            str(number),
            f"{surname} {given} {middle}" if rng.random() < 0.9 else f"{surname} {given}",
            "ж" if sex == "f" else "ч",
            day if rng.random() < 0.9 else day[6:],
            rng.choice(_PLACES),
            rng.choice(_PLACES),
            f"Школа-інтернат № {rng.randint(1, 60)}" if rng.random() < 0.5 else "",
            " ".join(of_mother[:2]) if rng.random() < 0.7 else "",
            " ".join(of_father[:2]) if rng.random() < 0.5 else "",
            f"{rng.randint(1, 28):02}.{rng.randint(3, 12):02}.2022" if rng.random() < 0.6 else "",
            f"очі {rng.choice(_EYES)}, волосся {rng.choice(_HAIR)}" if rng.random() < 0.5 else "",
            f"+380 00 {rng.randint(0, 999):03} {rng.randint(0, 9999):04}",
        )


def write_xlsx(path: Path, count: int, seed: int) -> None:
    """Write a workbook with a title above the header."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Звернення")
    sheet.append([TITLE])
    sheet.append(HEADER)
    for row in rows(count, seed):
        sheet.append([int(row[0]), *row[1:]])
    book.save(path)


def write_csv(path: Path, count: int, seed: int) -> None:
    """Write a CSV with semicolons in cp1251, in which many lists come."""
    with path.open("w", encoding="cp1251", errors="replace", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(rows(count, seed))
