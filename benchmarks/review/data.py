"""A registry with a long queue: two real files, their records, and candidates stored as a run stores them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]

from registry.access import accounts
from registry.evidence import store
from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches, sources
from registry.ingestion.rows import NewRecord
from registry.ingestion.sources import SourceFacts
from registry.linkage import candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import Source, User
from sources.locator import Locator

PASSWORD = "a-pond-below-the-old-mill"
FAMILIES = ("Вербицький", "Гайовий", "Заричний", "Луговський", "Яременко", "Степовий", "Озерний", "Криничний")
GIVEN = ("Олексій", "Мирон", "Данило", "Тарас", "Левко", "Назар", "Орест", "Юрій", "Богдан", "Ілля", "Захар", "Остап")
PATRONYMICS = ("Тарасович", "Богданович", "Левович", "Ігорович", "Олегович", "Юрійович", "Назарович")
COLLECTED = CollectionFacts("benchmark", datetime(2024, 3, 9, 12, tzinfo=UTC), "made up", "nowhere")
CHUNK = 2_000
"""Children of one file: about what a delivery of one body holds."""


def fill(folder: Path, waiting: int, seed: int = 1) -> tuple[User, User]:
    """Store `waiting` candidates among made-up records, and return a verifier and an adjudicator.

    Ages, mothers and institutions are drawn, so that urgency, brothers and sisters and rosters are of every size.
    """
    draw = random.Random(seed)
    reports = sources.register(
        SourceFacts("family", "Reports of families", "family", "seeking", "consent", "restricted")
    )
    lists = sources.register(
        SourceFacts("transfers", "Lists of groups", "occupation", "found", "public interest", "restricted")
    )
    records = max(waiting // 8, 100)
    left = _records(folder, reports, records, draw, sheet="")
    right = _records(folder, lists, records, draw, sheet="Group")
    run = runs.start("link", {"spec_name": "benchmark", "seed": seed})
    candidates.store(run, _pairs(left, right, waiting, draw))
    runs.finish(run, {"candidates": waiting})
    verifier = accounts.add("verifier", PASSWORD, "verifier", "uk")
    return verifier, accounts.add("adjudicator", PASSWORD, "adjudicator", "en")


def _records(folder: Path, source: Source, count: int, draw: random.Random, sheet: str) -> list[int]:
    for start in range(0, count, CHUNK):
        part = min(CHUNK, count - start)
        book = Workbook(write_only=True)
        table = book.create_sheet(sheet or "Reports")
        table.append(["name", "born", "institution", "mother", "telephone"])
        new = []
        for row in range(2, part + 2):
            child, cells = _child(source.slug, start, row, sheet or "Reports", draw)
            table.append(cells)
            new.append(child)
        file = folder / f"{source.slug}-{start}.xlsx"
        book.save(file)
        stored = store.store(file, media_type="application/vnd.ms-excel")
        batches.ingest_batch(source, stored.sha256, COLLECTED, new)
    return list(source.records.order_by("pk").values_list("pk", flat=True))


def _child(slug: str, start: int, row: int, sheet: str, draw: random.Random) -> tuple[NewRecord, list[str]]:
    surname, given, patronymic = draw.choice(FAMILIES), draw.choice(GIVEN), draw.choice(PATRONYMICS)
    born = date(draw.randint(2008, 2019), draw.randint(1, 12), draw.randint(1, 28))
    name, mother = f"{surname} {given} {patronymic}", f"{surname[:-2]}а Олена {draw.choice(PATRONYMICS)[:-2]}на"
    institution = f"Маріупольська школа-інтернат № {draw.randint(1, 400)}"
    written = {"full_name": name, "birth_date": f"{born:%d.%m.%Y}", "institution": institution, "mother": mother}
    values = {
        "surname": surname,
        "given": given,
        "patronymic": patronymic,
        "birth": f"{born}/{born}",
        "institution": institution,
        "mother": mother.split(),
        "birthplace": ["gn701822"],
        "last_place": ["gn701822"],
        "lost_on": "2022-04-15/2022-04-15",
    }
    places = {field: f"{column}{row}" for column, field in zip("ABCD", written, strict=True)}
    locator = Locator(sheet=sheet, row=row, cells=places)
    romanised = {"full_name": "Verbytskyi Oleksii Tarasovych"}
    new = NewRecord(f"{slug}-{start + row}", date(2022, 6, 3), locator, "uk", written, values, romanised)
    return new, [*written.values(), "+380 00 000 00 00"]


def _pairs(left: list[int], right: list[int], waiting: int, draw: random.Random) -> Iterator[NewCandidate]:
    """Give each record some pairs, as blocking leaves them: one likely one and a tail."""
    fields = (
        "surname",
        "given",
        "patronymic",
        "birth",
        "birthplace",
        "last_place",
        "institution",
        "mother",
        "scenario",
    )
    per_record = max(waiting // len(left), 1)
    given = 0
    for number, one in enumerate(left):
        for step in range(per_record):
            if given == waiting:
                return
            other = right[(number + step * 7919) % len(right)]
            chance = draw.uniform(0.5, 1) if step == 0 else draw.uniform(0.01, 0.6)
            explanation = [
                {"field": f, "level": 5, "bits": 2.5, "code": "identical", "sentence": "the same name, spelt the same"}
                for f in fields
            ]
            yield NewCandidate(one, other, 20.0, chance, draw.choice(("plain", "russified", "initials")), explanation)
            given += 1
