"""Examples of the two standards that documents follow, as the tests hold them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from transliteration import romanise

CASES = Path(__file__).parents[2] / "tests" / "transliteration" / "cases"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the examples of a standard come out right."""

    standard: str
    right: int
    examples: int


def measure() -> list[Share]:
    """Return the share for KMU 55 and ICAO Doc 9303."""
    kmu55 = [(row["ukrainian"], "kmu55", row["latin"]) for row in _rows("kmu55_official.csv")]
    others = [(row["cyrillic"], row["system"], row["latin"]) for row in _rows("romanisation_systems.csv")]
    icao = [case for case in others if case[1].startswith("icao")]
    return [_share("KMU 55, official examples", kmu55), _share("ICAO Doc 9303, names spelt by its table", icao)]


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _share(standard: str, cases: list[tuple[str, str, str]]) -> Share:
    right = sum(romanise(cyrillic, system) == latin for cyrillic, system, latin in cases)
    return Share(standard, right, len(cases))
