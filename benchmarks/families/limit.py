"""What a perfect scorer would reach: it knows the generator and all transfers, and of each report what the report says.

Each row of a list is weighed by how likely the generator is to write it for the child of the report, against how common
such a row is in its list. Nothing of `matching` is used: the limit must not move with what is measured by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import transliteration
from benchmarks.families.generator import ELSEWHERE, Generator

Floats = npt.NDArray[np.float64]

_SLIP = 0.02
"""Chance that a report's own name or date is not what the documents say, so that nothing is ever ruled out."""
_SAME_INITIAL = 0.6
_TRAIT_KEPT = {"eyes": 0.9, "hair": 0.95}
_REPORTS = 200


class Limit:
    """Scores of one list.

    Args:
        generator: What is known of the world.
        rows: The records of the list.
    """

    def __init__(self, generator: Generator, rows: pd.DataFrame) -> None:
        self.generator, self.rows = generator, rows.reset_index(drop=True)
        self.is_card = bool((rows["source"] == "adoption_cards").all())
        self._names = {part: _Names(self.rows[part], part) for part in ("given", "surname", "patronymic")}
        self._births = _Births(self.rows["birth"])
        region = self.rows["region"].map(lambda ids: ids[0] if ids else "").to_numpy(dtype=object)
        self._regions = _shares(region)
        self._region = np.array([list(self._regions).index(place) for place in region])
        self._sex = self.rows["sex"].to_numpy(dtype=object)
        self._traits = {kind: self.rows[kind].to_numpy(dtype=object) for kind in _TRAIT_KEPT}
        counts = pd.to_numeric(self.rows["sibling_count"]).to_numpy(dtype=float)
        self._counts = _shares(np.where(np.isnan(counts), -1, counts))
        self._siblings = np.array([list(self._counts).index(count) for count in np.where(np.isnan(counts), -1, counts)])
        self._common = {kind: _shares(values) for kind, values in self._traits.items()}

    def scores(self, reports: pd.DataFrame) -> Iterator[tuple[int, Floats]]:
        """Yield the number of each report with the likelihood ratio of every row."""
        for number, report in enumerate(reports.to_dict("records")):
            said = {str(field): value for field, value in report.items()}
            yield number, np.asarray(self._names_and_birth(said) * self._region_factor(said) * self._looks(said))

    def _names_and_birth(self, report: dict[str, Any]) -> Floats:
        damage = self.generator.damage
        born = {kind: self._births.ratio(report["birth"], kind) for kind in ("kept", "card", "days", "quarter")}
        given, other = self._names["given"].ratios(report["given"])
        if self.is_card:
            renamed, redated = damage.card_renamed, damage.card_redated
            name = (1 - renamed) * given + renamed * other
            return np.asarray(name * ((1 - redated) * born["kept"] + redated * born["card"]))
        names = given * self._names["surname"].ratios(report["surname"])[0]
        names = names * self._names["patronymic"].ratios(report["patronymic"])[0]
        shifted = damage.birth_date_shifted
        ways = (
            (damage.all_names_replaced, other, "kept"),
            (0.75 * shifted, names, "days"),
            (0.25 * shifted, given, "days"),
            (damage.surname_patronymic_replaced, given, "kept"),
            (damage.all_names_and_birth_altered, other, "quarter"),
        )
        kept = 1 - sum(share for share, _, _ in ways)
        return np.asarray(sum((share * name * born[kind] for share, name, kind in ways), kept * names * born["kept"]))

    def _region_factor(self, report: dict[str, Any]) -> Floats:
        expected = self.generator.expected(report)
        stays = 1 - (ELSEWHERE if self.is_card else 0.0)
        ratio = [
            max(stays * expected.get(region, 0.0) / share + 1 - stays, 1e-6) if region else 1.0
            for region, share in self._regions.items()
        ]
        return np.asarray(np.array(ratio)[self._region], dtype=np.float64)

    def _looks(self, report: dict[str, Any]) -> Floats:
        out = np.where(self._sex == report["sex"], 1 / 0.5, 1e-6) if report["sex"] else np.ones(len(self.rows))
        if not self.is_card:
            return np.asarray(out)
        for kind, kept in _TRAIT_KEPT.items():
            if (said := report[kind]) is not None:
                common = self._common[kind].get(said, 0.01)
                out = out * np.where(self._traits[kind] == said, kept / common + 1 - kept, 1 - kept)
        wrong = self.generator.damage.card_sibling_mark_wrong
        named = len(report["siblings"] or ())
        true = {named: 1.0} if named else {0: 0.93, 1: 0.05, 2: 0.02}
        written: dict[int, float] = {}
        for count, share in true.items():
            for change, part in ((0, 1 - wrong), (1, wrong / 4), (-1, wrong / 4), (-count, wrong / 2)):
                now = max(0, count + change)
                written[now] = written.get(now, 0.0) + share * part
        ratio = [
            max(written.get(int(count), 0.0), 1e-4) / share if count >= 0 else 1.0
            for count, share in self._counts.items()
        ]
        return np.asarray(out * np.array(ratio)[self._siblings])


class _Names:
    """One part of the name in all rows, by class of names."""

    def __init__(self, column: pd.Series, part: str) -> None:
        self._part = part
        self._classes = [_classes(value, part) for value in column]
        self._at: dict[str, list[int]] = {}
        for row, classes in enumerate(self._classes):
            for name in classes:
                self._at.setdefault(name, []).append(row)
        self._initial = np.array([min(classes)[:1] if classes else "" for classes in self._classes], dtype=object)
        self._initials = _shares(self._initial)

    def ratios(self, value: object) -> tuple[Floats, Floats]:
        """Return the ratio of each row when the name was kept, and when it was replaced by another."""
        count = len(self._classes)
        own = _classes(value, self._part)
        if not own:
            return np.ones(count), np.ones(count)
        same = np.zeros(count, dtype=bool)
        same[[row for name in own for row in self._at.get(name, ())]] = True
        kept = np.where(same, (1 - _SLIP) / max(same.mean(), 0.5 / count), _SLIP)
        initial = min(own)[:1]
        alike = _SAME_INITIAL / max(self._initials.get(initial, 0.0), 0.01) + 1 - _SAME_INITIAL
        other = np.where(self._initial == initial, alike, 1 - _SAME_INITIAL)
        return kept, np.where(same, 1e-6, other)


class _Births:
    """The birth dates of all rows, as the spans of days that they may be."""

    def __init__(self, column: pd.Series) -> None:
        spans = [tuple(map(date.fromisoformat, value.split("/"))) if value else None for value in column]
        self._known = np.array([span is not None for span in spans])
        self._first = np.array([span[0].toordinal() if span else 0 for span in spans])
        self._last = np.array([span[-1].toordinal() if span else 0 for span in spans])
        self._width = self._last - self._first + 1
        days = np.arange(self._first[self._known].min(), self._last[self._known].max() + 1)
        self._start = int(days[0])
        # How common each day is, from rows of any precision.
        weight = np.zeros(len(days) + 1)
        np.add.at(weight, self._first[self._known] - self._start, 1 / self._width[self._known])
        np.add.at(weight, self._last[self._known] + 1 - self._start, -1 / self._width[self._known])
        self._below = np.append(0.0, np.cumsum(np.cumsum(weight[:-1]))) / self._known.sum()

    def ratio(self, value: object, kind: str) -> Floats:
        """Return P(the row's span | the child of the report) / P(the row's span), `(rows,)`."""
        if not value:
            return np.ones(len(self._known))
        first, last = (date.fromisoformat(day) for day in str(value).split("/"))
        density = self._density(first, last, kind)
        off = 0.12 if kind in ("kept", "card") else 0.0
        here = self._mass(density, self._first, self._last)
        # An age may be one off, by the clerk; a month or a day may not.
        aged = self._width > 300
        near = sum(self._mass(density, self._first + s, self._last + s) for s in (-365, 365))
        here = np.where(aged, (1 - off) * here + off / 2 * near, here)
        top = len(self._below) - 1
        background = (
            self._below[np.clip(self._last + 1 - self._start, 0, top)]
            - self._below[np.clip(self._first - self._start, 0, top)]
        )
        ratio = ((1 - _SLIP) * here + _SLIP * background) / np.maximum(background, 1e-9)
        return np.where(self._known, ratio, 1.0)

    def _density(self, first: date, last: date, kind: str) -> tuple[int, Floats]:
        """Return the first day and the chance of each day after it on which the row may say the child was born."""
        days = (last - first).days + 1
        shifts = {"kept": [0], "card": [*range(-120, -19), *range(20, 121)], "quarter": [*range(-90, 0), *range(1, 91)]}
        steps = shifts.get(kind) or [
            s for low, high in ((1, 9), (10, 40), (41, 150)) for d in range(low, high + 1) for s in (d, -d)
        ]
        span = 160
        out = np.zeros(days + 2 * span)
        weights = np.ones(len(steps))
        if kind == "days":
            weights = np.array([1 / 18 if abs(s) < 10 else 1 / 62 if abs(s) < 41 else 1 / 220 for s in steps])
        for step, weight in zip(steps, weights / weights.sum(), strict=True):
            out[span + step : span + step + days] += weight / days
        return (first - timedelta(days=span)).toordinal(), np.append(0.0, np.cumsum(out))

    @staticmethod
    def _mass(density: tuple[int, Floats], first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> Floats:
        start, below = density
        top = len(below) - 1
        return np.asarray(below[np.clip(last + 1 - start, 0, top)] - below[np.clip(first - start, 0, top)])


def _classes(value: object, part: str) -> tuple[str, ...]:
    if not value:
        return ()
    if part == "given" and (classes := transliteration.given_classes(str(value))):
        return tuple(sorted(classes))
    return tuple(transliteration.canonical_variants(str(value), part))  # type: ignore[arg-type]


def _shares(values: npt.NDArray[Any]) -> dict[Any, float]:
    known = pd.Series(values).value_counts(normalize=True)
    return dict(zip(known.index.tolist(), known.tolist(), strict=True))


def ranks(limit: Limit, reports: pd.DataFrame, wanted: list[list[int]]) -> list[list[int]]:
    """Return the rank of each wanted row of each report; ties count against it."""
    out = []
    for number, score in limit.scores(reports):
        out.append([int((score >= score[row]).sum()) for row in wanted[number]])
    return out
