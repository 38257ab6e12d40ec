"""Fictional pairs of records, stored through the registry's own services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from registry.models import Candidate, User
from registry.services import candidates, evidence, ingest, runs, sources, users
from registry.services.candidates import NewCandidate
from registry.services.ingest import CollectionFacts, NewRecord
from registry.services.sources import SourceFacts

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
    return users.add(username, PASSWORD, role, language)


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
        written.locator or {"row": 1},
        written.language,
        written.written,
        written.values,
        written.romanised,
    )
    ingest.ingest_batch(source, stored.sha256, COLLECTED, [new])
    return source.records.get(key=key, is_current=True).pk
