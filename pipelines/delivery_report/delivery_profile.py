"""Figures of one delivery: how full its fields are, which languages it speaks, what repeats. Counts only, no values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import SQL

from registry.errors import RegistryError
from registry.ingestion.delivery_order import SPEAKS_AT
from registry.models import Batch, QuarantinedRow
from registry.sealing import sealed_rows

UKRAINIAN, RUSSIAN, EITHER, BOTH, LATIN, NONE = (
    "Ukrainian",
    "Russian",
    "either",
    "both in one row",
    "Latin",
    "no letters",
)


FIRST_OF_JANUARY = "birth_placeholder"
"""The doubt of a birthday that is written as 01.01 and understood as its year."""


@dataclass(frozen=True)
class Figures:
    """Counts of one delivery.

    Attributes:
        day: For which it speaks, or on which it was collected.
        rows_read: All rows; `records` of them are records (`new`, `changed`, `unchanged`), others are `quarantined` or
            `non_data`.
        vanished: Known rows that are not in it any more.
        filled: Field to the number of records in which it is written.
        languages: Records by the language that their letters show.
        birth_days: (month, day) to records for which exactly that day is written, a first of January included.
        birth_years: Year to records born in it, for sure.
        same_values: Records that repeat all values of another under another key.
        same_person: Records that repeat name and birth of another.
        reasons: Rows in quarantine by reason.
        doubts: Records by what in them does not fit.
    """

    batch_id: int
    source: str
    title: str
    evidence_sha256: str
    config_sha256: str
    day: date
    complete: bool
    rows_read: int
    new: int
    changed: int
    unchanged: int
    quarantined: int
    non_data: int
    vanished: int
    filled: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    birth_days: Mapping[tuple[int, int], int] = field(default_factory=dict)
    birth_years: Mapping[int, int] = field(default_factory=dict)
    same_values: int = 0
    same_person: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    doubts: Mapping[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """Return how many rows became or are records."""
        return self.new + self.changed + self.unchanged

    def share(self, name: str) -> float:
        """Return the share of records in which a field is written."""
        return self.filled.get(name, 0) / self.records if self.records else 0.0


ROWS = SQL("""
SELECT r.fingerprint, {columns} FROM registry_record r {with_key} WHERE r.batch_id = %(batch)s
UNION ALL
SELECT r.fingerprint, {columns} FROM registry_sighting g JOIN registry_record r ON r.id = g.record_id {with_key}
WHERE g.batch_id = %(batch)s
""").format(columns=sealed_rows.sealed("r"), with_key=sealed_rows.with_all_keys("r"))

_TOGETHER = 5_000
_NO_WORDS = frozenset({"sex", "health", "consent", "birth_certificate", "contact"})
"""Written fields whose letters say nothing of a row's language."""
_UKRAINIAN, _RUSSIAN = re.compile("[іїєґІЇЄҐ]"), re.compile("[ыэъёЫЭЪЁ]")
_CYRILLIC, _LATIN = re.compile("[а-яА-Я]"), re.compile("[a-zA-Z]")


@dataclass
class _Counts:
    """What is counted row by row; values are counted by their hashes, so that memory holds no list of people."""

    filled: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    births: Counter[tuple[str, str]] = field(default_factory=Counter)
    fingerprints: Counter[str] = field(default_factory=Counter)
    people: Counter[int] = field(default_factory=Counter)

    def add(self, fingerprint: str, payload: Mapping[str, Any]) -> None:
        """Count one row."""
        written, values = payload["written"], payload.get("values", {})
        self.filled.update(written.keys())
        self.languages[_language(written)] += 1
        self.doubts.update(values.get("doubts") or ())
        self.fingerprints[fingerprint] += 1
        if "birth" in values:
            first, _, last = str(values["birth"]).partition("/")
            self.births[first, last] += 1
            if "given" in values and "surname" in values:
                self.people[hash(repr([values.get(n) for n in ("given", "surname", "patronymic", "birth")]))] += 1


def _language(written: Mapping[str, Any]) -> str:
    letters = " ".join(str(value) for name, value in written.items() if name not in _NO_WORDS)
    if _UKRAINIAN.search(letters):
        return BOTH if _RUSSIAN.search(letters) else UKRAINIAN
    if _RUSSIAN.search(letters):
        return RUSSIAN
    if _CYRILLIC.search(letters):
        return EITHER
    return LATIN if _LATIN.search(letters) else NONE


def of_batch(batch: Batch) -> Figures:
    """Count one delivery; `batch` has `source` and `evidence` loaded."""
    counts, opened = _Counts(), sealed_rows.Records()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(ROWS, {"batch": batch.pk})
        while rows := cursor.fetchmany(_TOGETHER):
            for fingerprint, *columns in rows:
                counts.add(fingerprint, opened.payload(columns))
    days, years = _births(counts.births)
    if placeholders := counts.doubts.get(FIRST_OF_JANUARY):
        days[1, 1] = days.get((1, 1), 0) + placeholders
    waiting = QuarantinedRow.objects.filter(batch=batch, resolved_at=None).values_list("reason_code", flat=True)
    return replace(
        outline(batch),
        filled=dict(counts.filled),
        languages=dict(counts.languages),
        birth_days=days,
        birth_years=years,
        same_values=_repeated(counts.fingerprints),
        same_person=_repeated(counts.people),
        reasons=dict(Counter(waiting)),
        doubts=dict(counts.doubts),
    )


def outline(batch: Batch) -> Figures:
    """Return what a batch says of itself, without looking at its rows."""
    return Figures(
        batch.pk,
        batch.source.slug,
        batch.source.title,
        batch.evidence.sha256,
        batch.config_sha256,
        batch.as_of or timezone.localdate(batch.collected_at),
        batch.complete,
        batch.rows_read,
        batch.records_new,
        batch.records_changed,
        batch.records_unchanged,
        batch.quarantined,
        batch.non_data,
        batch.vanished,
    )


def deliveries(source_slug: str, limit: int = 24) -> list[Batch]:
    """Return the newest deliveries of a source in the order of the days for which they speak.

    Raises:
        RegistryError: Nothing of this source was ingested.
    """
    found = Batch.objects.filter(source__slug=source_slug, finished_at__isnull=False)
    ordered = found.select_related("source", "evidence").order_by(SPEAKS_AT.desc(), "-pk")
    batches = list(ordered[:limit])
    if not batches:
        raise RegistryError(f"Nothing was ingested as {source_slug!r}", "", "`ridni evidence list` shows the sources")
    return batches[::-1]


def batch(number: int) -> Batch:
    """Return a delivery by its number.

    Raises:
        RegistryError: There is none.
    """
    found = Batch.objects.filter(pk=number, finished_at__isnull=False).select_related("source", "evidence").first()
    if found is None:
        raise RegistryError(f"There is no batch {number}", "", "`ridni profile SOURCE` takes the newest of a source")
    return found


def _repeated(counts: Counter[Any]) -> int:
    return sum(count - 1 for count in counts.values())


def _births(counted: Mapping[tuple[str, str], int]) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    days: Counter[tuple[int, int]] = Counter()
    years: Counter[int] = Counter()
    for (first, last), count in counted.items():
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            continue
        if start == end:
            days[start.month, start.day] += count
        if start.year == end.year:
            years[start.year] += count
    return dict(days), dict(years)
