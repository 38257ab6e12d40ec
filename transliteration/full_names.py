"""The comparison of two whole names, each part in its role, whatever the order, script and completeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transliteration.comparison import CODES, VERDICTS, compare
from transliteration.levels import NameComparison, NameLevel, Role
from transliteration.pairs import verdict_codes
from transliteration.parse import Order, ParsedName, parse_name

ROLES: tuple[Role, ...] = ("surname", "given", "patronymic")
# Evidence of each level in bits, by judgement: what is rarer among strangers weighs more.
_BITS: dict[Role, dict[NameLevel, float]] = {
    "surname": dict(zip(NameLevel, (0.0, -9.0, 0.5, 5.0, 2.0, 8.0, 11.0, 11.5, 12.0), strict=True)),
    "given": dict(zip(NameLevel, (0.0, -8.0, -2.0, 1.0, 2.5, 4.5, 6.0, 6.2, 6.5), strict=True)),
    "patronymic": dict(zip(NameLevel, (0.0, -7.0, -1.0, 2.0, 2.5, 4.0, 6.0, 6.2, 6.5), strict=True)),
}
_BITS_OF_CODE = {role: np.array([_BITS[role][VERDICTS[code].level] for code in CODES]) for role in ROLES}


@dataclass(frozen=True, slots=True)
class FullNameComparison:
    """Two whole names: the evidence in bits (above 0 speaks for one person) and the verdict on each role."""

    bits: float
    surname: NameComparison
    given: NameComparison
    patronymic: NameComparison


def readings(text: str, *, order: Order | None = None, at_least: float = 0.1) -> tuple[ParsedName, ...]:
    """Return the likely readings of a full name, the best first: those with a share of at least `at_least`."""
    best = parse_name(text, order=order)
    return (best, *(other for other in best.alternatives if other.confidence >= at_least))


def compare_full_names(a: str, b: str) -> FullNameComparison:
    """Compare two whole names under the pair of readings that agrees best.

    A part that one side lacks is no evidence for or against.
    """
    found = []
    for x in readings(a):
        for y in readings(b):
            parts = [compare(getattr(x, role), getattr(y, role), role) for role in ROLES]
            bits = sum(_BITS[role][part.level] for role, part in zip(ROLES, parts, strict=True))
            found.append((bits, parts))
    bits, parts = max(found, key=lambda item: item[0])
    return FullNameComparison(round(bits, 2), *parts)


class FullNameIndex:
    """A list of full names that many queries are scored against at once."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        rows, parts = [], []
        for row, name in enumerate(self.names):
            for reading in readings(name):
                rows.append(row)
                parts.append(reading)
        self._rows = np.array(rows, dtype=np.int64)
        self._distinct: dict[Role, list[str]] = {}
        self._inverse: dict[Role, NDArray[np.int64]] = {}
        for role in ROLES:
            values = [getattr(part, role) for part in parts]
            place = {value: i for i, value in enumerate(dict.fromkeys(values))}
            self._distinct[role] = list(place)
            self._inverse[role] = np.array([place[value] for value in values], dtype=np.int64)

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the evidence in bits for each name of the list, shape `(len(names),)`."""
        best = np.full(len(self.names), -np.inf)
        for reading in readings(query):
            total = np.zeros(len(self._rows))
            for role in ROLES:
                values = self._distinct[role]
                codes = verdict_codes([getattr(reading, role)] * len(values), values, role)
                total += _BITS_OF_CODE[role][codes][self._inverse[role]]
            np.maximum.at(best, self._rows, total)
        return best
