"""What is counted: five measures by month, oblast of origin, age band and list, from coarse facts alone.

An identity counts once, by the row of it that seeks the child (else the first one). An oblast is the one from which the
row says the child is; an age is the one that the child reached in the year of that month. Where a row leaves that open,
it is `unknown`. No value of a record is read: oblast and years stand in `DeskFacts`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.db import connection

MEASURES: Final = ("records", "proposed", "verified", "returned", "reunited")
UNKNOWN: Final = "unknown"

Cell = tuple[str, str, str, str]
"""Month (YYYY-MM), oblast (ISO 3166-2, or `elsewhere`, or `unknown`), age band, slug of the list."""


@dataclass(frozen=True)
class Measure:
    """What a figure is called and means, by language."""

    name: str
    called: Mapping[str, str]
    definition: Mapping[str, str]


FACTS = """
SELECT to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM'),
       CASE WHEN cardinality(f.regions) <> 1 THEN 'unknown'
            WHEN f.regions[1] LIKE 'UA-%%' THEN f.regions[1] ELSE 'elsewhere' END,
       extract(year FROM c.at AT TIME ZONE 'UTC')::int - f.born_to,
       extract(year FROM c.at AT TIME ZONE 'UTC')::int - f.born_from,
       s.slug, count(*)
FROM counted c JOIN registry_record r ON r.id = c.record_id JOIN registry_source s ON s.id = r.source_id
LEFT JOIN registry_deskfacts f ON f.record_id = r.id
WHERE c.at < %(until)s
GROUP BY 1, 2, 3, 4, 5
"""

RECORDS = """
WITH counted AS (
    SELECT r.id AS record_id, b.started_at AS at FROM registry_record r
    JOIN registry_record first ON first.source_id = r.source_id AND first.key = r.key AND first.version = 1
    JOIN registry_batch b ON b.id = first.batch_id
    WHERE r.is_current
)
"""

PROPOSED = """
WITH named AS (
    SELECT left_id AS record_id, run_id FROM registry_candidate WHERE status <> 'superseded'
    UNION ALL SELECT right_id, run_id FROM registry_candidate WHERE status <> 'superseded'
), counted AS (
    SELECT n.record_id, min(u.started_at) AS at FROM named n JOIN registry_run u ON u.id = n.run_id
    JOIN registry_record r ON r.id = n.record_id AND r.is_current
    JOIN registry_source s ON s.id = r.source_id AND s.side = 'seeking'
    GROUP BY n.record_id
)
"""

STANDING = """
WITH standing AS (
    SELECT DISTINCT ON (i.id) i.id, i.created_at, m.shown_id FROM registry_identity i
    JOIN registry_identitymember m ON m.identity_id = i.id
    JOIN registry_record r ON r.id = m.row_id JOIN registry_source s ON s.id = r.source_id
    WHERE i.status = 'verified'
    ORDER BY i.id, CASE s.side WHEN 'seeking' THEN 0 WHEN 'both' THEN 1 ELSE 2 END, m.row_id
)
"""

VERIFIED = """
, counted AS (SELECT shown_id AS record_id, created_at AS at FROM standing)
"""

ANSWERED = """
, counted AS (
    SELECT n.shown_id AS record_id,
           min(coalesce(a."on" + time '12:00', a.at AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC' AS at
    FROM standing n JOIN registry_identity d ON d.id = n.id OR d.merged_into_id = n.id
    JOIN registry_consumeranswer a ON a.identity_id = d.id AND a.kind = %(kind)s
    GROUP BY n.id, n.shown_id
)
"""

STATEMENTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "records": (RECORDS + FACTS, {}),
    "proposed": (PROPOSED + FACTS, {}),
    "verified": (STANDING + VERIFIED + FACTS, {}),
    "returned": (STANDING + ANSWERED + FACTS, {"kind": "returned"}),
    "reunited": (STANDING + ANSWERED + FACTS, {"kind": "reunified"}),
}


def count(measure: str, until: datetime) -> Counter[Cell]:
    """Count one measure by all four at once, what happened before `until`.

    What is given to anybody goes through `suppression` first.
    """
    statement, asked = STATEMENTS[measure]
    cells: Counter[Cell] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(statement, asked | {"until": until})
        for month, oblast, youngest, oldest, source, number in cursor.fetchall():
            cells[month, oblast or UNKNOWN, band(youngest, oldest), source] += number
    return cells


def band(youngest: int | None, oldest: int | None) -> str:
    """Return the age band in which a child surely is, `unknown` where the years of birth leave it open."""
    if youngest is None or oldest is None:
        return UNKNOWN
    return next((name for name, first, last in bands() if first <= youngest and oldest <= last), UNKNOWN)


@cache
def bands() -> tuple[tuple[str, int, int], ...]:
    """Return the age bands: name, first and last age."""
    return tuple((row["band"], int(row["from"]), int(row["to"])) for row in _table("age_bands"))


@cache
def measures() -> tuple[Measure, ...]:
    """Return what is counted, in order."""
    found = {
        row["measure"]: Measure(
            row["measure"],
            {"en": row["en"], "uk": row["uk"]},
            {"en": row["definition_en"], "uk": row["definition_uk"]},
        )
        for row in _table("measures")
    }
    return tuple(found[name] for name in MEASURES)


def _table(name: str) -> list[dict[str, str]]:
    text = files("registry.outcomes").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))
