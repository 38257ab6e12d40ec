"""Coarse facts of single records, and the groups in which children stand together, worked out from normalised values.

Coarse on purpose (years, regions of origin, keyed digests): no name, no full date and nothing of where a child is now
leaves the payload.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection
from psycopg.sql import SQL

import keys
from registry.models import GroupKind
from registry.sealing import sealed_rows
from sources.locator import Locator
from transliteration import canonical_key, places
from transliteration.dates.interval import DateError, DateInterval
from transliteration.places.institutions import institution_key

ADULT_AT = 18
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,3}")
CHUNK = 5_000

CARDS = "adoption_bank"
TRANSFERS = frozenset({"occupation"})
REPORTS = frozenset({"family", "authority"})
"""Classes of sources: cards that appear and vanish, lists of moved groups, reports that name an institution."""

READ = SQL("""
SELECT r.source_id, r.evidence_id, s.source_class,
       CASE WHEN s.source_class = ANY(%(transfers)s) THEN r.locator END, {columns}
FROM registry_record r JOIN registry_source s ON s.id = r.source_id {with_key}
WHERE r.id = ANY(%(records)s::bigint[]) ORDER BY r.id
""").format(columns=sealed_rows.sealed("r"), with_key=sealed_rows.with_key("r"))

COPY_FACTS = """
COPY registry_deskfacts (record_id, born_from, born_to, adult_month, regions, card_open) FROM STDIN
"""
COPY_GROUPS = "COPY registry_recordgroup (record_id, kind, digest) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Facts:
    """Coarse facts of one record."""

    born_from: int | None
    born_to: int | None
    adult_month: date | None
    regions: tuple[str, ...]
    card_open: bool


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What is read of one record; `locator` of lists of moved groups only, whose parts are groups."""

    id: int
    source: int
    evidence: int
    source_class: str
    locator: dict[str, Any] | None
    values: Mapping[str, Any]


def learn(records: Sequence[int]) -> None:
    """Work out and store the facts and groups of records."""
    for start in range(0, len(records), CHUNK):
        _store(records[start : start + CHUNK])
    if records:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE registry_deskfacts, registry_recordgroup")


def facts_of(values: Mapping[str, Any], source_class: str) -> Facts:
    """Return the coarse facts of one record from its normalised values."""
    born_from = born_to = adult = None
    with suppress(DateError):
        birth = DateInterval.from_text(str(values.get("birth", "")))
        born_from, born_to = birth.start.year, birth.end.year
        adult = date(born_to + ADULT_AT, birth.end.month, 1)
    regions = {
        region
        for field in ("birthplace", "last_place")
        for place in _listed(values.get(field))
        for region in region_of(place)
    }
    return Facts(born_from, born_to, adult, tuple(sorted(regions)), source_class == CARDS)


def read(records: Sequence[int]) -> Iterator[KnownRecord]:
    """Yield records in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"records": list(records), "transfers": sorted(TRANSFERS)})
        opened = sealed_rows.Records()
        for source, evidence, source_class, locator, *columns in cursor:
            place = orjson.loads(locator) if isinstance(locator, str) else locator
            yield KnownRecord(columns[0], source, evidence, source_class, place, opened.values(columns))


def groups_of(record: KnownRecord) -> Iterator[tuple[str, str]]:
    """Give the groups a record stands in, as `(kind, digest)`."""
    values, source, source_class = record.values, record.source, record.source_class
    surname = canonical_key(str(values.get("surname", "")), "surname")
    given = canonical_key(str(values.get("given", "")), "given")
    patronymic = canonical_key(str(values.get("patronymic", "")), "patronymic")
    if surname and given:
        yield GroupKind.SELF, _digest("child", source, surname, given, patronymic)
    for name in _listed(values.get("siblings")):
        if surname and (key := canonical_key(name, "given")):
            yield GroupKind.NAMED, _digest("child", source, surname, key, patronymic)
    mother = [*_listed(values.get("mother")), "", "", ""][:3]
    keys = [canonical_key(mother[0], "surname"), canonical_key(mother[1], "given")]
    if all(keys):
        yield GroupKind.MOTHER, _digest("mother", source, *keys, canonical_key(mother[2], "patronymic"))
    if source_class in TRANSFERS:
        locator = Locator.from_json(record.locator or {})
        place = {name: part for name, part in locator.parts() if name in ("sheet", "table", "page")}
        where = str(sorted(place.items())) or str(values.get("transferred_on", ""))
        yield GroupKind.TRANSFER, _digest("transfer", record.evidence, where)
    elif source_class in REPORTS and (institution := str(values.get("institution", ""))):
        read = institution_key(institution)
        known = (read.kind, read.number, read.name, ",".join(sorted(read.place_ids)))
        if read.number or read.name or read.place_ids:
            yield GroupKind.INSTITUTION, _digest("institution", *known)


def _store(record_ids: Sequence[int]) -> None:
    facts, groups = [], []
    for record in read(record_ids):
        f = facts_of(record.values, record.source_class)
        facts.append((record.id, f.born_from, f.born_to, f.adult_month, list(f.regions), f.card_open))
        groups += [(record.id, *group) for group in dict.fromkeys(groups_of(record))]
    with connection.cursor() as cursor:
        with cursor.copy(COPY_FACTS) as copy:
            for row in facts:
                copy.write_row(row)
        with cursor.copy(COPY_GROUPS) as copy:
            for group in groups:
                copy.write_row(group)


def _digest(*parts: object) -> str:
    said = "\x1f".join(map(str, parts))
    return hashlib.blake2b(said.encode(), key=keys.newest(keys.Purpose.FINGERPRINTS)[:64], digest_size=16).hexdigest()


def _listed(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]


@lru_cache(maxsize=65_536)  # places of a list come again and again
def region_of(place: str) -> tuple[str, ...]:
    """Return the region that a place is or lies in, none where it is not known."""
    return tuple(found for found in (place, *places.place_ancestors(place)) if _REGION.fullmatch(found))
