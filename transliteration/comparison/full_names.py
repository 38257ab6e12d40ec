"""The comparison of two whole names, each part in its role, whatever the order, script and completeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transliteration.comparison.levels import NameLevel, NameVerdict
from transliteration.comparison.name_table import store
from transliteration.comparison.rules import CODES, VERDICTS
from transliteration.comparison.scalar import closeness, compare
from transliteration.comparison.slips import is_other_surname
from transliteration.comparison.vectorised import closeness_of_rows, codes_of_rows
from transliteration.names.features import features
from transliteration.names.parse import Order, ParsedName, parse_name
from transliteration.names.patronymic import sex_of_patronymic
from transliteration.names.roles import Role
from transliteration.names.surname import sex_of_surname

ROLES: tuple[Role, ...] = ("surname", "given", "patronymic")
# Evidence of each level in bits, by judgement: what is rarer among strangers weighs more.
_BITS: dict[Role, dict[NameLevel, float]] = {
    "surname": dict(zip(NameLevel, (0.0, -9.0, 0.5, 5.0, 2.0, 8.0, 11.0, 11.5, 12.0), strict=True)),
    "given": dict(zip(NameLevel, (0.0, -8.0, -2.0, 1.0, 2.5, 4.5, 6.0, 6.2, 6.5), strict=True)),
    "patronymic": dict(zip(NameLevel, (0.0, -7.0, -1.0, 2.0, 2.5, 4.0, 6.0, 6.2, 6.5), strict=True)),
}
_BITS_OF_CODE = {role: np.array([_BITS[role][VERDICTS[code].level] for code in CODES]) for role in ROLES}
# Below the levels of one name, spellings count by their closeness: strangers are rarely close by chance.
_GRADED = ("one_slip", "close", "different")
_IS_GRADED = np.array([code in _GRADED for code in CODES])
_MAX_KNOWN = 1024
_CLOSENESS = (0.5, 0.6, 0.7, 0.8, 0.9)
_BITS_OF_CLOSENESS: dict[Role, tuple[float, ...]] = {
    "surname": (-9.0, -3.0, 0.5, 3.5, 5.5),
    "given": (-8.0, -4.0, -1.5, 0.5, 1.5),
    "patronymic": (-7.0, -3.0, -1.0, 1.0, 2.0),
}


@dataclass(frozen=True, slots=True)
class FullNameComparison:
    """Two whole names: the evidence in bits (above 0 speaks for one person) and the verdict on each role."""

    bits: float
    surname: NameVerdict
    given: NameVerdict
    patronymic: NameVerdict


def _bits(a: str, b: str, role: Role, verdict: NameVerdict, scale: Role) -> float:
    if verdict.code not in _GRADED:
        return _BITS[scale][verdict.level]
    close = closeness(features(a, role), features(b, role))
    return float(np.interp(close, _CLOSENESS, _BITS_OF_CLOSENESS[scale]))


_ALONE: Role = "given"
"""The scale for two single words, whatever their roles: on one scale a better level never ranks below a worse one."""


def _is_alone(name: ParsedName) -> bool:
    return sum(map(bool, (name.surname, name.given, name.patronymic))) == 1


_NEAR_GIVEN = 1.5
"""Bits up to which two given names are alike and not one: then another sex makes them two."""
_AGAINST = -1.0
_SEXED_SURNAME = re.compile("(?:с|ц|з)ь?к|s[kc]|ck|zk", re.IGNORECASE)


def _sex(name: ParsedName) -> str:
    """Return the sex that the patronymic or an adjective as surname tells; a given name may be a case form."""
    told = sex_of_patronymic(name.patronymic) if name.patronymic else ""
    return told or (sex_of_surname(name.surname) if _SEXED_SURNAME.search(name.surname) else "")


def _capped(total: NDArray[np.float64], contradicted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return sums of bits, below 0 where a part contradicts: no agreement of the others makes one person of two.

    The order of the sums stays, so that a retrieval ranks as before.
    """
    over = contradicted & (total > _AGAINST)
    return np.where(over, _AGAINST + (total - _AGAINST) / 100, total)


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
            pairs = [(getattr(x, role), getattr(y, role), role) for role in ROLES]
            parts = [compare(*pair) for pair in pairs]
            alone = _is_alone(x) and _is_alone(y)
            each = [_bits(*pair, part, _ALONE if alone else pair[2]) for pair, part in zip(pairs, parts, strict=True)]
            sexes = {_sex(x), _sex(y)}
            contradicted = min(each) < 0 or ({"f", "m"} <= sexes and 0 < each[1] <= _NEAR_GIVEN)
            if not contradicted and x.given and y.given and parts[0].code in _GRADED:
                contradicted = is_other_surname(x.surname, y.surname)
            bits = float(_capped(np.array(sum(each)), np.array(contradicted)))
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
        self._parts = tuple(parts)
        self._alone = np.array([_is_alone(part) for part in parts], dtype=bool)
        self._rows = np.array(rows, dtype=np.int64)
        self._sexes = np.array([_sex(part) for part in parts], dtype="U1")
        self._known: dict[tuple[str, Role, Role], tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}
        self._distinct: dict[Role, NDArray[np.int32]] = {}
        self._inverse: dict[Role, NDArray[np.int64]] = {}
        for role in ROLES:
            values = [getattr(part, role) for part in parts]
            place = {value: i for i, value in enumerate(dict.fromkeys(values))}
            self._distinct[role] = store(role).encode(place)
            self._inverse[role] = np.array([place[value] for value in values], dtype=np.int64)

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the evidence in bits for each name of the list, shape `(len(names),)`."""
        best = np.full(len(self.names), -np.inf)
        for reading in readings(query):
            total = np.zeros(len(self._rows))
            contradicted = np.zeros(len(self._rows), bool)
            other_sex = np.isin(self._sexes, list({"f", "m"} - {sex})) if (sex := _sex(reading)) else contradicted
            alone = self._alone if _is_alone(reading) else np.zeros(0, bool)
            for role in ROLES:
                name, inverse = getattr(reading, role), self._inverse[role]
                bits = self._bits(name, role, role)[0][inverse]
                if alone.any():
                    bits = np.where(alone, self._bits(name, role, _ALONE)[0][inverse], bits)
                total += bits
                contradicted |= bits < 0
                if role == "given":
                    contradicted |= other_sex & (bits > 0) & (bits <= _NEAR_GIVEN)
            if reading.given and reading.surname:
                contradicted |= self._other_surnames(reading.surname, total, contradicted)
            np.maximum.at(best, self._rows, _capped(total, contradicted))
        return best

    def _other_surnames(
        self, surname: str, total: NDArray[np.float64], contradicted: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Return for each reading that would speak for one person whether its surname is near and yet another."""
        near = self._bits(surname, "surname", "surname")[1][self._inverse["surname"]]
        found = np.zeros(len(total), bool)
        for at in np.flatnonzero(near & (total > _AGAINST) & ~contradicted):
            part = self._parts[at]
            found[at] = part.given != "" and is_other_surname(surname, part.surname)
        return found

    def _bits(self, name: str, role: Role, scale: Role) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the evidence in bits for each distinct name of a role, and whether it is graded by closeness."""
        known = self._known.get((name, role, scale))
        if known is not None:
            return known
        table, right = store(role), self._distinct[role]
        left = np.full(len(right), table.encode([name])[0], np.int32)
        # What is graded by closeness needs no measuring of slips.
        codes = codes_of_rows(table, left, right, slips=False)
        bits = _BITS_OF_CODE[scale][codes]
        is_graded = _IS_GRADED[codes]
        graded = np.flatnonzero(is_graded)
        close = closeness_of_rows(table, left[graded], right[graded])
        bits[graded] = np.interp(close, _CLOSENESS, _BITS_OF_CLOSENESS[scale])
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[name, role, scale] = bits, is_graded
        return bits, is_graded
