"""Figures of one delivery: how full its fields are, which languages it speaks, what repeats. Counts only, no values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from registry.errors import RegistryError
from registry.ingestion.delivery_order import SPEAKS_AT
from registry.models import Batch, QuarantinedRow

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


ROWS = """
CREATE TEMP TABLE profile_rows ON COMMIT DROP AS
SELECT fingerprint, payload FROM registry_record WHERE batch_id = %(batch)s
UNION ALL
SELECT r.fingerprint, r.payload FROM registry_sighting g JOIN registry_record r ON r.id = g.record_id
WHERE g.batch_id = %(batch)s
"""

FILLED = """
SELECT k, count(*) FROM profile_rows, jsonb_object_keys(payload -> 'written') AS k GROUP BY k
"""

LANGUAGES = """
SELECT CASE WHEN letters ~ '[іїєґІЇЄҐ]' AND letters ~ '[ыэъёЫЭЪЁ]' THEN %(both)s
            WHEN letters ~ '[іїєґІЇЄҐ]' THEN %(ukrainian)s
            WHEN letters ~ '[ыэъёЫЭЪЁ]' THEN %(russian)s
            WHEN letters ~ '[а-яА-Я]' THEN %(either)s
            WHEN letters ~ '[a-zA-Z]' THEN %(latin)s ELSE %(none)s END, count(*)
FROM (SELECT (SELECT string_agg(e.v, ' ') FROM jsonb_each_text(payload -> 'written') AS e(k, v)
              WHERE e.k NOT IN ('sex', 'health', 'consent', 'birth_certificate', 'contact')) AS letters
      FROM profile_rows) written
GROUP BY 1
"""

BIRTHS = """
SELECT first, last, count(*) FROM (
    SELECT split_part(payload -> 'values' ->> 'birth', '/', 1) AS first,
           split_part(payload -> 'values' ->> 'birth', '/', 2) AS last
    FROM profile_rows WHERE payload -> 'values' ? 'birth'
) births GROUP BY 1, 2
"""

SAME_VALUES = """
SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM profile_rows GROUP BY fingerprint HAVING count(*) > 1) x
"""

SAME_PERSON = """
SELECT coalesce(sum(n - 1), 0) FROM (
    SELECT count(*) AS n FROM profile_rows
    WHERE payload -> 'values' ?& ARRAY['given', 'surname', 'birth']
    GROUP BY payload -> 'values' -> 'given', payload -> 'values' -> 'surname', payload -> 'values' -> 'patronymic',
             payload -> 'values' -> 'birth'
    HAVING count(*) > 1
) x
"""

DOUBTS = (
    "SELECT d, count(*) FROM profile_rows, jsonb_array_elements_text(payload -> 'values' -> 'doubts') AS d GROUP BY d"
)


def of_batch(batch: Batch) -> Figures:
    """Count one delivery; `batch` has `source` and `evidence` loaded."""
    from django.db import transaction

    names = {"both": BOTH, "ukrainian": UKRAINIAN, "russian": RUSSIAN, "either": EITHER, "latin": LATIN, "none": NONE}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.profile_rows")
        cursor.execute(ROWS, {"batch": batch.pk})

        def counted(statement: str) -> dict[Any, int]:
            cursor.execute(statement, names)
            return {row[0]: int(row[1]) for row in cursor.fetchall()}

        filled, languages, doubts = counted(FILLED), counted(LANGUAGES), counted(DOUBTS)
        cursor.execute(BIRTHS)
        days, years = _births(cursor.fetchall())
        if placeholders := doubts.get(FIRST_OF_JANUARY):
            days[1, 1] = days.get((1, 1), 0) + placeholders
        cursor.execute(SAME_VALUES)
        same_values = int(cursor.fetchone()[0])
        cursor.execute(SAME_PERSON)
        same_person = int(cursor.fetchone()[0])
    waiting = QuarantinedRow.objects.filter(batch=batch, resolved_at=None).values_list("reason_code", flat=True)
    return replace(
        outline(batch),
        filled=filled,
        languages=languages,
        birth_days=days,
        birth_years=years,
        same_values=same_values,
        same_person=same_person,
        reasons=dict(Counter(waiting)),
        doubts=doubts,
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


def _births(rows: list[tuple[str, str, int]]) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    days: Counter[tuple[int, int]] = Counter()
    years: Counter[int] = Counter()
    for first, last, count in rows:
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            continue
        if start == end:
            days[start.month, start.day] += count
        if start.year == end.year:
            years[start.year] += count
    return dict(days), dict(years)
