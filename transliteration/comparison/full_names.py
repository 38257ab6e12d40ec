"""The comparison of two whole names, each part in its role, whatever the order, script and completeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from transliteration.comparison.distinct_names import DistinctNames
from transliteration.comparison.levels import NameLevel, NameVerdict
from transliteration.comparison.rules import CODES, VERDICTS
from transliteration.comparison.scalar import closeness, compare
from transliteration.comparison.slips import is_other_surname
from transliteration.comparison.two_sexes import of_two_sexes
from transliteration.names.cases.surname_bases import is_surely_oblique
from transliteration.names.features import features
from transliteration.names.nominative import base_patronymic, nominative
from transliteration.names.parse import Order, ParsedName, parse_name
from transliteration.names.patronymic import sex_of_patronymic
from transliteration.names.roles import Role
from transliteration.names.surname import sex_of_surname
from transliteration.text.scripts import fold

ROLES: tuple[Role, ...] = ("surname", "given", "patronymic")
# Evidence of each level in bits, by judgement: what is rarer among strangers weighs more.
_BITS: dict[Role, dict[NameLevel, float]] = {
    "surname": dict(zip(NameLevel, (0.0, -9.0, 0.5, 5.0, 2.0, 8.0, 11.0, 11.5, 12.0), strict=True)),
    "given": dict(zip(NameLevel, (0.0, -8.0, -2.0, 1.0, 2.5, 4.5, 6.0, 6.2, 6.5), strict=True)),
    "patronymic": dict(zip(NameLevel, (0.0, -7.0, -1.0, 2.0, 2.5, 4.0, 6.0, 6.2, 6.5), strict=True)),
}
_CASE_FORMS = ("other_form", "romanised_form")
_LESS_FOR_CASE = 0.1
"""What a given name weighs less in another case: of two spellings of one level the nominative is likelier meant."""


def _bits_of_code(role: Role, code: str) -> float:
    less = _LESS_FOR_CASE if role == "given" and code in _CASE_FORMS else 0.0
    return _BITS[role][VERDICTS[code].level] - less


_BITS_OF_CODE = {role: np.array([_bits_of_code(role, code) for code in CODES]) for role in ROLES}
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


@lru_cache(maxsize=1 << 16)
def _bits(a: str, b: str, role: Role, scale: Role) -> float:
    """Return the evidence of two written names of a role in bits, on the scale of a role."""
    if not a or not b:
        return 0.0
    verdict = compare(a, b, role)
    if verdict.code not in _GRADED:
        return _bits_of_code(scale, verdict.code)
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


_Sum = TypeVar("_Sum", float, NDArray[np.float64])


def _capped(total: _Sum) -> _Sum:
    """Return a sum of bits, below 0 because a part contradicts: no agreement of the others makes one person of two.

    The order of the sums stays, so that a retrieval ranks as before. For sums above `_AGAINST` alone.
    """
    return _AGAINST + (total - _AGAINST) / 100


@lru_cache(maxsize=1 << 16)
def readings(text: str, *, order: Order | None = None, at_least: float = 0.1) -> tuple[ParsedName, ...]:
    """Return the likely readings of a full name, the best first: those with a share of at least `at_least`.

    The nominative of a name whose parts show its case stands for two more; "Ярослава" alone is a woman.
    """
    best = parse_name(text, order=order)
    found = (best, *(other for other in best.alternatives if other.confidence >= at_least))
    if not _shows_a_case(best):
        return found
    # Several nominatives may lead to one form of a surname, which is itself a form of each of them.
    base = nominative(best)
    return (*found, base, replace(base, surname=best.surname))


def _shows_a_case(name: ParsedName) -> bool:
    """Return whether the patronymic or the surname beside a given name stands in another case than the nominative."""
    if not name.given or not (name.surname or name.patronymic):
        return False
    declined = name.patronymic != "" and base_patronymic(name.patronymic) != fold(name.patronymic)
    return declined or (name.surname != "" and is_surely_oblique(name.surname))


def compare_full_names(a: str, b: str) -> FullNameComparison:
    """Compare two whole names under the pair of readings that agrees best.

    A part that one side lacks is no evidence for or against.
    """
    bits, x, y = max(((_bits_of_pair(x, y), x, y) for x in readings(a) for y in readings(b)), key=lambda item: item[0])
    return FullNameComparison(
        round(bits, 2),
        compare(x.surname, y.surname, "surname"),
        compare(x.given, y.given, "given"),
        compare(x.patronymic, y.patronymic, "patronymic"),
    )


def _bits_of_pair(x: ParsedName, y: ParsedName) -> float:
    """Return the evidence of two readings in bits."""
    alone = _is_alone(x) and _is_alone(y)
    surname = _bits(x.surname, y.surname, "surname", _ALONE if alone else "surname")
    given = _bits(x.given, y.given, "given", "given")
    patronymic = _bits(x.patronymic, y.patronymic, "patronymic", _ALONE if alone else "patronymic")
    total = surname + given + patronymic
    if total <= _AGAINST:
        return total
    contradicted = surname < 0 or given < 0 or patronymic < 0
    if not contradicted and 0 < given <= _NEAR_GIVEN:
        contradicted = {"f", "m"} <= {_sex(x), _sex(y)}
    if not contradicted:
        contradicted = of_two_sexes(x, y)
    if not contradicted and x.given and y.given and x.surname and y.surname:
        is_near = compare(x.surname, y.surname, "surname").code in _GRADED
        contradicted = is_near and is_other_surname(x.surname, y.surname)
    return _capped(total) if contradicted else total


class FullNameIndex:
    """A list of full names that many queries are scored against at once."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        rows: list[int] = []
        parts: list[ParsedName] = []
        for row, name in enumerate(self.names):
            for reading in readings(name):
                rows.append(row)
                parts.append(reading)
        self._parts = tuple(parts)
        self._alone = np.array([_is_alone(part) for part in parts], dtype=bool)
        self._starts = np.flatnonzero(np.diff(np.array(rows, dtype=np.intp), prepend=-1))
        sexes = np.array([_sex(part) for part in parts], dtype="U1")
        self._of_sex = {sex: sexes == sex for sex in ("f", "m")}
        self._known: dict[tuple[str, Role, Role], tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}
        self._distinct: dict[Role, DistinctNames] = {}
        self._places: dict[Role, NDArray[np.intp]] = {}
        for role in ROLES:
            values = [getattr(part, role) for part in parts]
            place = {value: i for i, value in enumerate(dict.fromkeys(values))}
            self._distinct[role] = DistinctNames(role, tuple(place))
            self._places[role] = np.array([place[value] for value in values], dtype=np.intp)

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the evidence in bits for each name of the list, shape `(len(names),)`."""
        found = [self._reading_scores(reading) for reading in readings(query)]
        best = found[0] if len(found) == 1 else np.max(found, axis=0)
        several = len(self._starts) < len(best)
        return np.maximum.reduceat(best, self._starts) if several else best

    def _reading_scores(self, reading: ParsedName) -> NDArray[np.float64]:
        """Return the evidence in bits for each reading of the list."""
        total = np.zeros(len(self._parts))
        contradicted = np.zeros(len(self._parts), bool)
        alone = _is_alone(reading) and self._alone.any()
        other_sex = {"f": "m", "m": "f"}.get(_sex(reading), "")
        for role in ROLES:
            name, places = getattr(reading, role), self._places[role]
            if not name:
                continue
            distinct = self._bits(name, role, role)[0]
            bits = distinct.take(places)
            if alone:
                bits = np.where(self._alone, self._bits(name, role, _ALONE)[0].take(places), bits)
            total += bits
            contradicted |= bits < 0
            if role == "given" and other_sex and ((distinct > 0) & (distinct <= _NEAR_GIVEN)).any():
                contradicted |= self._of_sex[other_sex] & (bits > 0) & (bits <= _NEAR_GIVEN)
        over = np.flatnonzero(total > _AGAINST)
        if sum(map(bool, (reading.surname, reading.given, reading.patronymic))) > 1:
            self._contradict(reading, over[~contradicted[over]], contradicted)
        over = over[contradicted[over]]
        total[over] = _capped(total[over])
        return total

    def _contradict(self, reading: ParsedName, at: NDArray[np.intp], contradicted: NDArray[np.bool_]) -> None:
        """Mark those of the readings at some places that are of the other sex, or of a near and yet other surname."""
        near = np.zeros(len(at), dtype=bool)
        if reading.given and reading.surname:
            near = self._bits(reading.surname, "surname", "surname")[1][self._places["surname"][at]]
        for place, is_near in zip(at, near, strict=True):
            part = self._parts[place]
            other_surname = is_near and part.given != "" and is_other_surname(reading.surname, part.surname)
            contradicted[place] = other_surname or of_two_sexes(reading, part)

    def _bits(self, name: str, role: Role, scale: Role) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the evidence in bits for each distinct name of a role, and whether it is graded by closeness."""
        known = self._known.get((name, role, scale))
        if known is not None:
            return known
        codes = self._distinct[role].codes(name)
        bits = _BITS_OF_CODE[scale][codes]
        graded = _IS_GRADED[codes]
        close = self._distinct[role].closeness(name, graded)
        bits[graded] = _BITS_OF_CLOSENESS[scale][0]
        some = np.flatnonzero(graded & (close > _CLOSENESS[0]))
        bits[some] = np.interp(close[some], _CLOSENESS, _BITS_OF_CLOSENESS[scale])
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[name, role, scale] = bits, graded
        return bits, graded
