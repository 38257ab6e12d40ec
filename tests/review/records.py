"""Fictional pairs of records, stored through the registry's own services."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from registry.access import accounts
from registry.evidence import store as evidence
from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches, descriptions, sources
from registry.ingestion.rows import NewRecord
from registry.ingestion.sources import SourceFacts
from registry.linkage import candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import Candidate, User
from sources.locator import Locator

PASSWORD = "тихий-став-біля-греблі"
COLLECTED = CollectionFacts("archive", datetime(2024, 3, 9, 12, tzinfo=UTC), "handed over on a USB stick", "partner")


@dataclass(frozen=True)
class Written:
    """One record before it is stored."""

    source: str
    written: Mapping[str, Any]
    values: Mapping[str, Any]
    romanised: Mapping[str, str] = field(default_factory=dict)
    locator: Mapping[str, Any] = field(default_factory=dict)
    language: str = "uk"
    observed_on: date | None = None


@dataclass(frozen=True)
class Pair:
    """Two records and what the machine says of them: `(field, level, bits, code, sentence)`."""

    left: Written
    right: Written
    probability: float
    scenario: str
    explanation: tuple[tuple[str, int, float, str, str], ...]


SOURCES = {
    "family": SourceFacts("family", "Звернення родин на гарячу лінію", "family", "seeking", "consent", "restricted"),
    "transfers": SourceFacts(
        "transfers", "Списки переміщених груп, 2022–2023", "occupation", "found", "public interest", "restricted"
    ),
    "cards": SourceFacts("cards", "Анкети банку даних про дітей", "adoption_bank", "found", "public interest", "open"),
    "posts": SourceFacts("posts", "Дописи місцевих каналів", "social", "found", "public interest", "open"),
    "press": SourceFacts(
        "press", "Regional newspapers", "media", "found", "public interest", "open", names_pseudonymised=True
    ),
}

RUSSIFIED = Pair(
    Written(
        "family",
        {
            "full_name": "Вербицький Олексій Тарасович",
            "birth_date": "12.05.2014",
            "birthplace": "м. Маріуполь",
            "last_place": "Маріуполь, вул. Соборна",
            "mother": "Вербицька Олена Ігорівна",
            "siblings": ["Вербицька Софія Тарасівна"],
            "eyes": "карі",
            "contact": "+380 00 000 00 00",
        },
        {
            "surname": "Вербицький",
            "given": "Олексій",
            "patronymic": "Тарасович",
            "birth": "2014-05-12/2014-05-12",
            "sex": "m",
            "birthplace": ["ua-1412300000"],
            "eyes": "brown",
        },
        {
            "full_name": "Verbytskyi Oleksii Tarasovych",
            "birthplace": "m. Mariupol",
            "last_place": "Mariupol, vul. Soborna",
            "mother": "Verbytska Olena Ihorivna",
        },
        {"row": 318, "cells": {"full_name": "B318", "birth_date": "D318", "birthplace": "E318", "mother": "H318"}},
        observed_on=date(2022, 6, 3),
    ),
    Written(
        "transfers",
        {
            "surname": "ВЕРБИЦКИЙ",
            "given": "Алексей",
            "patronymic": "Тарасович",
            "sex": "м",
            "birth_date": "14.05.2014",
            "last_place": "г. Мариуполь",
            "institution": "школа-интернат № 4",
            "region": "Ростовская область",
            "transferred_on": "26.05.2022",
        },
        {
            "surname": "Вербицкий",
            "given": "Алексей",
            "patronymic": "Тарасович",
            "birth": "2014-05-14/2014-05-14",
            "sex": "m",
            "doubts": ["birth_repaired_digits"],
        },
        {
            "surname": "VERBITSKII",
            "given": "Aleksei",
            "patronymic": "Tarasovich",
            "last_place": "g. Mariupol",
            "institution": "shkola-internat № 4",
        },
        {
            "sheet": "Группа 7",
            "row": 14,
            "cells": {
                "surname": "B14",
                "given": "C14",
                "patronymic": "D14",
                "birth_date": "E14",
                "last_place": "F14",
                "institution": "A3",
            },
        },
        language="ru",
        observed_on=date(2022, 5, 26),
    ),
    0.97,
    "russified",
    (
        ("surname", 7, 8.4, "other_language", "one name in Ukrainian and Russian spelling"),
        ("given", 7, 4.1, "other_language", "one name in Ukrainian and Russian spelling"),
        ("patronymic", 8, 5.2, "identical", "the same name, spelt the same"),
        ("sex", -2, 0.0, "implied", "agrees, which another field implies already: no evidence of its own"),
        ("birth", 3, 1.9, "date_days", "the dates differ by some days"),
        ("birthplace", -1, 0.0, "absent", "unknown on one side: no evidence for or against"),
        ("last_place", 4, 3.6, "place_same", "the same place"),
        ("institution", -1, 0.0, "absent", "unknown on one side: no evidence for or against"),
        ("mother", -1, 0.0, "absent", "unknown on one side: no evidence for or against"),
        (
            "scenario",
            0,
            -2.3,
            "scenario",
            "how common this scenario is, and whether a look-alike explains the pair as well",
        ),
    ),
)

CARD = Pair(
    Written(
        "family",
        {
            "full_name": "Яременко Злата",
            "birth_date": "2016-08",
            "hair": "русяве",
            "note": "Говорить тихо, любить малювати.",
        },
        {"surname": "Яременко", "given": "Злата", "birth": "2016-08-01/2016-08-31", "sex": "f"},
        {"full_name": "Yaremenko Zlata"},
        {"row": 77, "cells": {"full_name": "B77"}},
    ),
    Written(
        "cards",
        {"given": "Злата", "age": "7", "hair": "русые", "region": "Калужская область", "card_number": "vk-000117"},
        {"given": "Злата", "birth": "2016-03-09/2017-03-08", "sex": "f", "doubts": ["birth_age"]},
        {"given": "Zlata"},
        {"css": "div.card", "card": 12},
        language="ru",
        observed_on=date(2024, 3, 8),
    ),
    0.41,
    "card",
    (
        ("surname", -1, 0.0, "absent", "unknown on one side: no evidence for or against"),
        ("given", 8, 7.7, "identical", "the same name, spelt the same"),
        ("birth", 12, 1.4, "year_same", "the year or age fits, the day is unknown"),
        ("hair", 0, -0.8, "made_up_code", "a sentence that no table knows"),
        (
            "scenario",
            0,
            -6.9,
            "scenario",
            "how common this scenario is, and whether a look-alike explains the pair as well",
        ),
    ),
)

POST = Pair(
    Written(
        "press",
        {"full_name": "Danylo Kh.", "age": "9"},
        {"birth": "2013-06-01/2014-05-31"},
        {},
        {"css": "article p:nth-of-type(3)"},
        language="en",
    ),
    Written(
        "posts",
        {"given": "Данилко", "text": "Данилко, 9 років, запитує про сестру <b>щодня</b>."},
        {"given": "Данилко", "sex": "m"},
        {"given": "Danylko"},
        {"chat": 5, "message": 90210},
    ),
    0.22,
    "initials",
    (("given", 3, 2.5, "diminutive", "a short form of the same name"),),
)


def person(username: str, role: str = "verifier", language: str = "en") -> User:
    """Add an account."""
    return accounts.add(username, PASSWORD, role, language)


def store(folder: Path, *pairs: Pair) -> list[Candidate]:
    """Store pairs and return their candidates in the same order."""
    run = runs.start("link", {"seed": 1})
    made = [
        NewCandidate(
            _record(folder, pair.left, f"left-{number}"),
            _record(folder, pair.right, f"right-{number}"),
            sum(part[2] for part in pair.explanation),
            pair.probability,
            pair.scenario,
            [dict(zip(("field", "level", "bits", "code", "sentence"), part, strict=True)) for part in pair.explanation],
        )
        for number, pair in enumerate(pairs)
    ]
    candidates.store(run, made)
    runs.finish(run, {"candidates": len(made)})
    return [Candidate.objects.get(left_id=new.left_id, right_id=new.right_id) for new in made]


def _record(folder: Path, written: Written, key: str) -> int:
    file = folder / f"{written.source}-{key}.txt"
    file.write_text(f"{written.source} {key}", encoding="utf-8")
    stored = evidence.store(file, media_type="text/plain")
    source = sources.register(SOURCES[written.source])
    new = NewRecord(
        key,
        written.observed_on,
        Locator.from_json(written.locator or {"row": 1}),
        written.language,
        written.written,
        written.values,
        written.romanised,
    )
    batches.ingest_batch(source, stored.sha256, COLLECTED, [new])
    return source.records.get(key=key, is_current=True).pk


LISTED = (
    ("ВЕРБИЦКАЯ", "София", "Тарасовна", "03.09.2016", "2016-09-03"),
    ("ВЕРБИЦКИЙ", "Алексей", "Тарасович", "14.05.2014", "2014-05-14"),
    ("ГАЙОВЫЙ", "Мирон", "Богданович", "21.11.2012", "2012-11-21"),
    ("ЗАРИЧНАЯ", "Злата", "Левовна", "30.01.2011", "2011-01-30"),
)
"""A transfer list as the occupation side writes it: surname, given name, patronymic, date of birth."""

REPORTED = (
    ("Вербицький Олексій Тарасович", "12.05.2014", "2014-05-12", "Вербицька Софія"),
    ("Вербицька Софія Тарасівна", "03.09.2016", "2016-09-03", "Вербицький Олексій"),
    ("Гайовий Мирон Богданович", "21.11.2012", "2012-11-21", ""),
)
"""Reports of families from one institution: full name, date of birth, brother or sister."""

MOTHER = "Вербицька Олена Ігорівна"
SCHOOL = "Маріупольська школа-інтернат № 4"


REPORTS = """\
reader: csv
fields: {full_name: ПІБ, birth_date: Дата народження, institution: Заклад, mother: Мати, siblings: Брати й сестри,
         contact: Телефон}
"""
TRANSFERS = """\
reader: xlsx
key: №
fields: {surname: Фамилия, given: Имя, patronymic: Отчество, birth_date: Дата рождения, last_place: Откуда}
"""


def store_group(folder: Path) -> dict[str, Candidate]:
    """Store a transfer list (a real workbook) and the reports of an institution (a real CSV file) with their pairs.

    Returns:
        The candidates by the given name on the list; the brother's and the sister's are a pair each.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Группа 7"
    sheet.append(["Список детей, школа-интернат № 4, г. Мариуполь"])
    sheet.append(["№", "Фамилия", "Имя", "Отчество", "Дата рождения", "Откуда"])
    for number, row in enumerate(LISTED, start=1):
        sheet.append([number, *row[:4], "г. Мариуполь"])
    book.save(folder / "transfer.xlsx")
    lines = ["ПІБ;Дата народження;Заклад;Мати;Брати й сестри;Телефон"]
    for name, written, _, siblings in REPORTED:
        mother = MOTHER if "Вербиц" in name else "Гайова Ірина Романівна"
        lines.append(f"{name};{written};{SCHOOL};{mother};{siblings};+380 00 000 00 00")
    (folder / "reports.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    listed = [_listed(row, number) for number, row in enumerate(LISTED, start=3)]
    reported = [_reported(row, number) for number, row in enumerate(REPORTED, start=2)]
    left = _ingest(folder / "reports.csv", "family", "text/csv", reported, REPORTS)
    right = _ingest(folder / "transfer.xlsx", "transfers", "application/vnd.ms-excel", listed, TRANSFERS)
    said = RUSSIFIED.explanation
    pairs = {"Алексей": (0, 1, 0.97), "София": (1, 0, 0.95), "Мирон": (2, 2, 0.9), "other": (0, 0, 0.12)}
    run = runs.start("link", {"seed": 1})
    explanation = [dict(zip(("field", "level", "bits", "code", "sentence"), part, strict=True)) for part in said]
    made = {
        name: NewCandidate(left[i], right[j], 20.9, chance, "russified", explanation)
        for name, (i, j, chance) in pairs.items()
    }
    candidates.store(run, made.values())
    runs.finish(run, {"candidates": len(made)})
    return {n: Candidate.objects.get(left_id=new.left_id, right_id=new.right_id) for n, new in made.items()}


def _listed(row: tuple[str, ...], number: int) -> NewRecord:
    surname, given, patronymic, written, birth = row
    cells = {"surname": "B", "given": "C", "patronymic": "D", "birth_date": "E", "last_place": "F"}
    return NewRecord(
        f"T{number}",
        date(2022, 5, 26),
        Locator(sheet="Группа 7", row=number, cells={f: f"{c}{number}" for f, c in cells.items()}),
        "ru",
        {
            "surname": surname,
            "given": given,
            "patronymic": patronymic,
            "birth_date": written,
            "last_place": "г. Мариуполь",
        },
        {
            "surname": surname.title(),
            "given": given,
            "patronymic": patronymic,
            "birth": f"{birth}/{birth}",
            "last_place": ["gn701822"],
            "transferred_on": "2022-05-26/2022-05-26",
        },
        {"surname": "VERBITSKII", "given": "Aleksei"} if given == "Алексей" else {},
    )


def _reported(row: tuple[str, ...], number: int) -> NewRecord:
    name, written, birth, siblings = row
    surname, given, patronymic = name.split()
    mother = MOTHER if "Вербиц" in name else "Гайова Ірина Романівна"
    cells = {"full_name": "A", "birth_date": "B", "institution": "C", "mother": "D", "siblings": "E", "contact": "F"}
    fields = {"full_name": name, "birth_date": written, "institution": SCHOOL, "mother": mother}
    values = {
        "surname": surname,
        "given": given,
        "patronymic": patronymic,
        "birth": f"{birth}/{birth}",
        "institution": SCHOOL,
        "mother": mother.split(),
        "lost_on": "2022-04-15/2022-04-15",
        "birthplace": ["gn701822"],
    }
    if siblings:
        fields["siblings"] = [siblings]
        values["siblings"] = [siblings.split()[1]]
    return NewRecord(
        f"R{number}",
        date(2022, 6, 3),
        Locator(row=number, cells={field: f"{column}{number}" for field, column in cells.items()}),
        "uk",
        {**fields, "birthplace": "м. Маріуполь", "contact": "+380 00 000 00 00"},
        values,
        {"full_name": "Verbytskyi Oleksii Tarasovych"} if given == "Олексій" else {},
    )


def _ingest(file: Path, slug: str, media_type: str, new: list[NewRecord], description: str = "") -> list[int]:
    stored = evidence.store(file, media_type=media_type)
    source = sources.register(SOURCES[slug])
    digest = hashlib.sha256(description.encode()).hexdigest() if description else ""
    if description:
        descriptions.path_of(digest).parent.mkdir(parents=True, exist_ok=True)
        descriptions.path_of(digest).write_text(description, encoding="utf-8")
    batches.ingest_batch(source, stored.sha256, COLLECTED, new, delivery=batches.Delivery(config_sha256=digest))
    return [source.records.get(key=record.key, is_current=True).pk for record in new]
