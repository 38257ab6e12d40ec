"""Verified identities of made-up children, three records each, with the fields that real lists have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

FAMILIES = ("Вербицький", "Гайовий", "Заричний", "Луговський", "Яременко", "Степовий", "Озерний", "Криничний")
GIVEN = ("Олексій", "Мирон", "Данило", "Тарас", "Левко", "Назар", "Орест", "Юрій", "Богдан", "Ілля", "Захар", "Остап")
PATRONYMICS = ("Тарасович", "Богданович", "Левович", "Ігорович", "Олегович", "Юрійович", "Назарович")
LISTS = (("reports", "family", "seeking"), ("register", "authority", "both"), ("cards", "adoption_bank", "found"))

# What `projection` would write of verdicts, at once: rules and the audit chain are switched off for it.
VERIFY = """
SET session_replication_role = replica;
CREATE TEMP TABLE truly ON COMMIT DROP AS
    SELECT min(id) AS first, array_agg(id ORDER BY id) AS rows, gen_random_uuid() AS identity,
           row_number() OVER (ORDER BY min(id)) AS seq
    FROM registry_record GROUP BY split_part(key, '-', 2);
INSERT INTO registry_judgement (left_id, right_id, says, first_id, second_id, at)
    SELECT rows[1], other, 'same', %(one)s, %(other)s, now() FROM truly, unnest(rows[2:]) other;
INSERT INTO registry_identity (id, status, created_at) SELECT identity, 'verified', now() FROM truly;
INSERT INTO registry_identitymember (identity_id, row_id, record_id, shown_id)
    SELECT identity, record, record, record FROM truly, unnest(rows) record;
INSERT INTO registry_identityevent (seq, identity_id, kind, at, data)
    SELECT seq, identity, 'verified', now(), jsonb_build_object('records', to_jsonb(rows)) FROM truly;
INSERT INTO registry_identityevent (seq, identity_id, kind, at, data)
    SELECT seq + (SELECT count(*) FROM truly) * turn, identity, 'updated', now(), '{}'
    FROM truly, generate_series(1, %(updates)s) turn;
SET session_replication_role = origin;
ANALYZE;
"""


def fill(folder: Path, identities: int, updates: int, seed: int = 1) -> None:
    """Store three lists of the same children, and what two people would have verified of them.

    Args:
        folder: For the files of the lists.
        identities: Children.
        updates: Events for each of them beside the first.
        seed: Of what is drawn.
    """
    from django.db import connection, transaction
    from django.utils import timezone

    from registry.database import roles
    from registry.evidence import custody, store
    from registry.ingestion import batches, sources
    from registry.models import User

    for slug, source_class, side in LISTS:
        file = folder / f"{slug}.txt"
        file.write_text(slug, encoding="utf-8")
        facts = sources.SourceFacts(slug, slug, source_class, side, "fictional", "open")
        collected = custody.CollectionFacts("benchmark", timezone.now(), "made", "made-up children")
        batches.ingest_batch(
            sources.register(facts), store.store(file).sha256, collected, _rows(slug, identities, seed)
        )
    people = [User.objects.create(username=f"judge{n}", role="lead").pk for n in range(2)]
    asked = {"%(one)s": str(people[0]), "%(other)s": str(people[1]), "%(updates)s": str(updates)}
    statement = VERIFY
    for name, value in asked.items():
        statement = statement.replace(name, value)
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(slug: str, identities: int, seed: int) -> Iterator[Any]:
    from registry.ingestion.rows import NewRecord
    from sources.locator import Locator

    draw = random.Random(seed)
    for number in range(identities):
        surname, given, patronymic = draw.choice(FAMILIES), draw.choice(GIVEN), draw.choice(PATRONYMICS)
        born = date(draw.randint(2008, 2019), draw.randint(1, 12), draw.randint(1, 28))
        mother = f"{surname[:-2]}а Олена {draw.choice(PATRONYMICS)[:-2]}на"
        written = {"full_name": f"{surname} {given} {patronymic}", "birth_date": f"{born:%d.%m.%Y}", "sex": "ч"}
        values: dict[str, Any] = {"surname": surname, "given": given, "patronymic": patronymic, "sex": "m"}
        values |= {"birth": f"{born}/{born}"}
        if slug == "reports":
            written |= {"mother": mother, "last_place": "м. Маріуполь", "lost_on": "15.04.2022", "consent": "так"}
            values |= {"mother": mother.split(), "last_place": ["gn701822"], "lost_on": "2022-04-15/2022-04-15"}
            values |= {"consent": "yes"}
        elif slug == "register":
            written |= {"rnokpp": "1234567899", "institution": "Маріупольська школа-інтернат № 2"}
        else:
            written |= {"eyes": "серые", "hair": "русые", "region": "Ростовская область"}
            values |= {"eyes": "grey", "hair": "brown"}
        cells = {field: f"{column}{number + 2}" for column, field in zip("ABCDEFGH", written, strict=False)}
        locator = Locator(sheet="1", row=number + 2, cells=cells)
        romanised = {"full_name": "Verbytskyi Oleksii Tarasovych"}
        yield NewRecord(f"{slug}-{number}", date(2022, 6, 3), locator, "uk", written, values, romanised)
